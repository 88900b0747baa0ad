import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidV7 } from 'uuid';
import { createLinkTokens } from '../../../../server/links/link-token.ts';

const tokens = createLinkTokens({ current: 'a key of today' });
const anyId = fc.uuid({ version: 7 });

describe('link tokens', () => {
  it('name their link, in 43 characters that need no escaping', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const token = tokens.tokenOf(id);
        expect(token).toMatch(/^[\w-]{43}$/);
        expect(tokens.linkIdOf(token)).toBe(id);
      }),
    );
  });

  it('open nothing when one character differs', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(anyId, fc.nat(42), fc.nat(63), (id, at, letter) => {
        const token = tokens.tokenOf(id);
        const other = token.slice(0, at) + alphabet[letter] + token.slice(at + 1);
        expect(tokens.linkIdOf(other)).toBe(other === token ? id : null);
      }),
      { numRuns: 2000 },
    );
  });

  it('have one spelling: no padding, no other alphabet, no stray bits, no white space', () => {
    const id = uuidV7();
    const token = tokens.tokenOf(id);
    for (const other of [`${token}=`, `${token} `, ` ${token}`, `${token}\n`, `${token}A`, token.slice(0, 42)]) {
      expect(tokens.linkIdOf(other)).toBeNull();
    }
    const withSymbols = Array.from({ length: 200 }, () => tokens.tokenOf(uuidV7())).find((t) => /[-_]/.test(t))!;
    expect(tokens.linkIdOf(withSymbols.replaceAll('-', '+').replaceAll('_', '/'))).toBeNull();
  });

  it('never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', minLength: 40, maxLength: 46 })), (text) => {
        expect(tokens.linkIdOf(text)).toBeNull();
      }),
    );
  });

  it('of the key before still open, and no longer when that key is gone', () => {
    const id = uuidV7();
    const old = tokens.tokenOf(id);
    const rotated = createLinkTokens({ current: 'a key of tomorrow', previous: 'a key of today' });
    expect(rotated.linkIdOf(old)).toBe(id);
    expect(rotated.tokenOf(id)).not.toBe(old);
    expect(rotated.linkIdOf(rotated.tokenOf(id))).toBe(id);
    expect(createLinkTokens({ current: 'a key of tomorrow' }).linkIdOf(old)).toBeNull();
  });
});
