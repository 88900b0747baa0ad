import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { oneLine, readPassword } from '../../../../server/manage/read-password.ts';

const piped = (text: string) => Object.assign(Readable.from([text]), { isTTY: false }) as unknown as NodeJS.ReadStream;

function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const stderr = new PassThrough();
  const type = (keys: string) => setTimeout(() => stdin.write(keys), 30);
  return { stdin: stdin as unknown as NodeJS.ReadStream, stderr, type, shown: () => String(stderr.read() ?? '') };
}

describe('a password for a command', () => {
  const source = { fromStdin: false, fromEnvironment: undefined, stderr: new PassThrough() };

  it.each([
    ['a b c\n', 'a b c'],
    [' spaces \r\n', ' spaces '],
    ['no newline', 'no newline'],
  ])('is one line of the standard input: %j', async (given, read) => {
    expect(await readPassword({ ...source, fromStdin: true, stdin: piped(given) })).toBe(read);
  });

  it.each(['', '\n', 'one\ntwo\n', 'one\n\n'])('is not read from %j', (given) => {
    expect(() => oneLine(given)).toThrow(/standard input/);
  });

  it('comes from the environment when nobody asks for the standard input', async () => {
    const stdin = piped('not this\n');
    expect(await readPassword({ ...source, fromEnvironment: ' as it is ', stdin })).toBe(' as it is ');
    expect(await readPassword({ ...source, fromStdin: true, fromEnvironment: 'x', stdin })).toBe('not this');
  });

  it('cannot be asked for where there is no terminal', async () => {
    await expect(readPassword({ ...source, stdin: piped('typed\n') })).rejects.toThrow('--password-stdin');
  });

  it('is typed twice, unseen, and can be corrected', async () => {
    const { stdin, stderr, type, shown } = terminal();
    const reading = readPassword({ ...source, stdin, stderr });
    type('hunter3\x7f2\r');
    setTimeout(() => type('hunter2\r'), 100);
    expect(await reading).toBe('hunter2');
    expect(shown()).toBe('Password: \nPassword again: \n');
  });

  it('can be pasted with its repetition', async () => {
    const { stdin, stderr, type } = terminal();
    type('hunter2\rhunter2\r');
    expect(await readPassword({ ...source, stdin, stderr })).toBe('hunter2');
  });

  it('is refused when it is typed in two ways', async () => {
    const { stdin, stderr, type } = terminal();
    const reading = expect(readPassword({ ...source, stdin, stderr })).rejects.toThrow('not the same');
    type('hunter2\r');
    setTimeout(() => type('hunter3\r'), 100);
    await reading;
  });

  it('is given up by Ctrl-C and by Ctrl-D', async () => {
    for (const key of ['\x03', '\x04']) {
      const { stdin, stderr, type } = terminal();
      const reading = expect(readPassword({ ...source, stdin, stderr })).rejects.toThrow('Given up');
      type(key);
      await reading;
    }
  });
});
