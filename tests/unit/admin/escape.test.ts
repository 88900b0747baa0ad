import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeHtml, scriptJson } from '../../../admin/security/escape.ts';

describe('JSON for a script', () => {
  it('means the same and never ends the script', () => {
    const hostile = fc.constantFrom('</script>', '<!--', '<script>', ']]>', '\u2028', '\u2029', "'", '"', '\\', '&lt;');
    const text = fc.array(fc.oneof(hostile, fc.string()), { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.dictionary(text, text), (value) => {
        const json = scriptJson({ ...value });
        expect(json).not.toMatch(/[<>\u2028\u2029]/);
        expect(JSON.stringify(runInNewContext(`(${json})`))).toBe(JSON.stringify({ ...value }));
      }),
    );
  });
});

describe('text for HTML', () => {
  it('has none of the characters that mean something there', () => {
    expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
    );
  });
});
