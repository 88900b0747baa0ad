import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { guardFormula, unguardFormula } from '../../../core/spreadsheet-text.ts';

const text = fc
  .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '＝', 'a', '1', ' '), { maxLength: 6 })
  .map((parts) => parts.join(''));

it('no guarded text begins a formula, and every one is read back as it was', () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(guardFormula(given)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      expect(unguardFormula(guardFormula(given))).toBe(given);
    }),
  );
});
