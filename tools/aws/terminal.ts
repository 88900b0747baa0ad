import { createInterface } from 'node:readline';
import { PlainFault } from './plain-fault.ts';

export interface Terminal {
  say(text?: string): void;
  /** Resolves with whether the person said yes; rejects where nobody can be asked and nobody said `--yes`. */
  confirm(question: string): Promise<boolean>;
  /** The same for what cannot be undone: `expected` has to be typed, and `--yes` is not enough. */
  confirmByTyping(question: string, expected: string): Promise<boolean>;
}

export interface TerminalOptions {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
  /** `--yes`. */
  yes: boolean;
  /** `--confirm TEXT`: what would be typed. */
  typed?: string;
}

export function createTerminal({ input, output, yes, typed }: TerminalOptions): Terminal {
  const say = (text = '') => void output.write(`${text}\n`);

  /** An input that ends is an empty answer. */
  function ask(question: string): Promise<string> {
    const lines = createInterface({ input, output });
    lines.setPrompt(`${question} `);
    lines.prompt();
    return new Promise((resolve) => {
      lines.once('line', (line) => {
        resolve(line.trim());
        lines.close();
      });
      lines.once('close', () => resolve(''));
    });
  }

  return {
    say,
    async confirm(question) {
      if (yes) return true;
      if (!input.isTTY) {
        throw new PlainFault(`${question}\nThere is no terminal to ask at. Nothing was done; --yes answers for you.`);
      }
      return /^y(es)?$/i.test(await ask(`${question} [y/N]`));
    },
    async confirmByTyping(question, expected) {
      if (typed !== undefined) return typed === expected;
      if (!input.isTTY) {
        const advice = `--confirm ${expected} answers for you.`;
        throw new PlainFault(`${question}\nThere is no terminal to ask at. Nothing was done; ${advice}`);
      }
      return (await ask(`${question}\nType ${expected} to go on:`)) === expected;
    },
  };
}
