import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StartupError } from '../process/startup-error.ts';

export interface PasswordSource {
  /** `--password-stdin`. */
  fromStdin: boolean;
  /** DARKROOM_PASSWORD. */
  fromEnvironment: string | undefined;
  stdin: NodeJS.ReadStream;
  stderr: NodeJS.WritableStream;
}

/**
 * A password that somebody gives to a command: one line of the standard input when that is asked for, else the
 * environment's, else typed twice, unseen, at a terminal. Spaces belong to it.
 */
export async function readPassword({ fromStdin, fromEnvironment, stdin, stderr }: PasswordSource): Promise<string> {
  if (fromStdin) return oneLine(await text(stdin));
  if (fromEnvironment) return fromEnvironment;
  if (!stdin.isTTY) {
    throw new StartupError(
      'There is no password: nobody can be asked here. Give it with --password-stdin (one line), or in DARKROOM_PASSWORD.',
    );
  }
  const [password = '', again] = await askUnseen(['Password: ', 'Password again: '], stdin, stderr);
  if (password !== again) throw new StartupError('The two passwords are not the same. Nothing was changed.');
  return password;
}

export function oneLine(input: string): string {
  const line = input.replace(/\r?\n$/, '');
  if (line === '') throw new StartupError('The standard input holds no password.');
  if (/[\r\n]/.test(line))
    throw new StartupError('The standard input holds more than one line; give the password alone.');
  return line;
}

async function askUnseen(
  questions: readonly string[],
  stdin: NodeJS.ReadStream,
  stderr: NodeJS.WritableStream,
): Promise<string[]> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: stdin, output: unseen, terminal: true });
  const answers: string[] = [];
  prompt.once('SIGINT', () => prompt.close());
  stderr.write(questions[0] ?? '');
  try {
    for await (const line of prompt) {
      stderr.write('\n');
      answers.push(line);
      if (answers.length === questions.length) return answers;
      stderr.write(questions[answers.length] ?? '');
    }
  } finally {
    prompt.close();
  }
  stderr.write('\n');
  throw new StartupError('Given up. Nothing was changed.');
}
