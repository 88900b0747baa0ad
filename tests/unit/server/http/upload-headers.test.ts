import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentDigestOf } from '../../../../server/http/content-digest.ts';
import { waitSecondsOf } from '../../../../server/http/prefer.ts';
import { parseDictionary } from '../../../../server/http/structured-fields.ts';

const digest = Buffer.alloc(32, 7);
const base64 = digest.toString('base64');

describe('Content-Digest', () => {
  it.each([
    [`sha-256=:${base64}:`],
    [`  sha-256=:${base64}:  `],
    [`md5=:AAAA:, sha-256=:${base64}:`],
    [`sha-256=:${base64}:;q=1;note="a, b"`],
    [`unknown;a=?0, list=(1 "two" tok:en);x, date=@1659578233, shown=%"%c3%bc", number=-1.5, sha-256=:${base64}:`],
    [`sha-256=:AAAA:, sha-256=:${base64}:`],
  ])('reads %s', (header) => {
    expect(contentDigestOf(header)).toEqual(digest);
  });

  it('passes other algorithms over', () => {
    expect(contentDigestOf(undefined)).toBeNull();
    expect(contentDigestOf('sha-512=:AAAA:, unixsum=:AAA=:')).toBeNull();
    expect(contentDigestOf('')).toBeNull();
  });

  it.each([
    [`sha-256=${base64}`],
    ['sha-256=:AAAA:'],
    ['sha-256="text"'],
    ['sha-256'],
    ['sha-256=:not base64:'],
    [`sha-256=:${base64}`],
    [`sha-256=:${base64}:,`],
    [`sha-256=:${base64}: x`],
    [`SHA-256=:${base64}:`],
    ['='],
    ['a=(1'],
  ])('refuses %s', (header) => {
    expect(() => contentDigestOf(header)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('never breaks on any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseDictionary(text);
      }),
    );
  });
});

describe('Prefer', () => {
  it.each([
    ['wait=5', 5],
    ['wait="7"', 7],
    ['respond-async, wait=10; foo=bar', 10],
    ['Wait = 3', 3],
    ['wait=300', 30],
    ['wait=2, wait=9', 2],
    ['foo="a, wait=4", wait=6', 6],
    ['foo; bar="a, wait=4"; baz, wait=6', 6],
    ['wait=6; foo="a, wait=4"', 6],
    ['@, (wait=3), wait=6', 6],
    ['foo; wait=6', 0],
    [', ,wait=6', 6],
    ['wait=6"', 0],
    ['wait=0', 0],
    ['wait=-1', 0],
    ['wait=soon', 0],
    ['wait', 0],
    ['', 0],
    ['"', 0],
  ])('%s waits %d seconds', (header, seconds) => {
    expect(waitSecondsOf(header)).toBe(seconds);
  });
});
