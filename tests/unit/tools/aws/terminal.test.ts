import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { createTerminal } from '../../../../tools/aws/terminal.ts';

function terminalWith({
  typing,
  isTTY = true,
  yes = false,
  typed,
}: {
  typing?: string;
  isTTY?: boolean;
  yes?: boolean;
  typed?: string;
}) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  input.end(typing ?? '');
  return { terminal: createTerminal({ input, output, yes, typed }), output };
}

describe('the question before what costs or deletes', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
    ['', false],
  ])('takes %j for %j', async (typing, answer) => {
    expect(await terminalWith({ typing }).terminal.confirm('Go?')).toBe(answer);
  });

  it('is not asked with --yes', async () => {
    const { terminal, output } = terminalWith({ isTTY: false, yes: true });
    expect(await terminal.confirm('Go?')).toBe(true);
    output.end();
    expect(await text(output)).toBe('');
  });

  it('is no yes where there is no terminal, whatever stands in the input', async () => {
    await expect(terminalWith({ typing: 'yes\n', isTTY: false }).terminal.confirm('Go?')).rejects.toThrow('--yes');
  });

  it('wants what cannot be undone typed; --yes is not enough', async () => {
    expect(await terminalWith({ typing: 'bucket-1\n', yes: true }).terminal.confirmByTyping('All?', 'bucket-1')).toBe(
      true,
    );
    expect(await terminalWith({ typing: 'y\n', yes: true }).terminal.confirmByTyping('All?', 'bucket-1')).toBe(false);
    const nobody = terminalWith({ isTTY: false, yes: true }).terminal;
    await expect(nobody.confirmByTyping('All?', 'bucket-1')).rejects.toThrow('--confirm bucket-1');
    const script = (typed: string) =>
      terminalWith({ isTTY: false, typed }).terminal.confirmByTyping('All?', 'bucket-1');
    expect([await script('bucket-1'), await script('bucket-2')]).toEqual([true, false]);
  });
});
