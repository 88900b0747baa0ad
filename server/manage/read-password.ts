import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StartupError } from '../ops/startup-error.ts';

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
  const password = await askUnseen('Password: ', stdin, stderr);
  if (password !== (await askUnseen('Password again: ', stdin, stderr))) {
    throw new StartupError('The two passwords are not the same. Nothing was changed.');
  }
  return password;
}

export function oneLine(input: string): string {
  const line = input.replace(/\r?\n$/, '');
  if (line === '') throw new StartupError('The standard input holds no password.');
  if (/[\r\n]/.test(line))
    throw new StartupError('The standard input holds more than one line; give the password alone.');
  return line;
}

function askUnseen(question: string, stdin: NodeJS.ReadStream, stderr: NodeJS.WritableStream): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: stdin, output: unseen, terminal: true });
  stderr.write(question);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      prompt.close();
      stderr.write('\n');
      settle();
    };
    prompt.once('line', (line) => end(() => resolve(line)));
    const giveUp = () => end(() => reject(new StartupError('Given up. Nothing was changed.')));
    prompt.once('SIGINT', giveUp);
    prompt.once('close', () => reject(new StartupError('Given up. Nothing was changed.')));
  });
}
