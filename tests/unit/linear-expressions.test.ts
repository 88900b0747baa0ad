import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { searchWords } from '../../admin/adapter/search-words.ts';
import { de } from '../../admin/locale/de.ts';
import { deProblems } from '../../admin/locale/de-problems.ts';
import { problemsIn } from '../../admin/locale/problems-in.ts';
import { languageOf } from '../../admin/locale/request-language.ts';
import { createPanelPaths } from '../../admin/security/panel-paths.ts';
import { toImageName } from '../../core/image-name.ts';
import { withoutFinalSlashes } from '../../core/without-final-slashes.ts';
import { checkPassword } from '../../server/accounts/password-rules.ts';
import { contentDigestOf, promisedDigestOf } from '../../server/http/content-digest.ts';
import { filenameOf, partDisposition } from '../../server/http/content-disposition.ts';
import { readMediaType } from '../../server/http/media-type.ts';
import { isKnownTag, objectAnswer } from '../../server/http/object-conditions.ts';
import { waitSecondsOf } from '../../server/http/prefer.ts';
import { repeatedKeyIn } from '../../server/http/repeated-key.ts';
import { restPaths } from '../../server/http/rest-paths.ts';
import { searchOf } from '../../server/http/search-of.ts';
import { hasSharedToken } from '../../server/http/shared-token.ts';
import { parseDictionary } from '../../server/http/structured-fields.ts';
import { boundaryOf } from '../../server/http/upload-body.ts';
import { addressBucket } from '../../server/kernel/client-address.ts';
import { redactText, redactUrl } from '../../server/process/redact.ts';
import { growthOf, type HostileText, hostileTexts, maxGrowth } from '../support/growth.ts';
import { regularExpressionsIn } from '../support/regular-expressions.ts';

const { literals, constructors } = regularExpressionsIn(['core', 'server', 'admin', 'lambda']);

interface Parser {
  read(text: string): unknown;
  /** What it looks for, to stand before and between the hostile characters. */
  words?: string[];
  /** Where it cuts longer texts. */
  maxCharacters?: number;
}

/** What takes texts of strangers apart. A throw is an answer as good as any. */
const parsers: Record<string, Parser> = {
  redactUrl: {
    read: redactUrl,
    words: ['/x?a=', '/x?token=', 'eyJ', '://', '/e/', '%25', 'Bearer '],
    maxCharacters: 2_000,
  },
  redactText: {
    read: redactText,
    words: ['password=', '"token":"', 'eyJ', '://', 'Bearer ', 'drk_', 'access'],
    maxCharacters: 8_000,
  },
  contentDigestOf: { read: contentDigestOf, words: ['sha-256=:', 'a=(', 'a;b', 'a="', 'a=1', 'a=%"'] },
  parseDictionary: { read: parseDictionary, words: ['sha-256=:', 'a=(', 'a;b', 'a="', 'a=1', 'a=%"'] },
  promisedDigestOf: { read: (trailer) => promisedDigestOf(request({ trailer })), words: ['content-digest'] },
  filenameOf: { read: (text) => filenameOf(text, toName), words: ['attachment; filename="', 'a; filename*=', "a;b='"] },
  partDisposition: { read: (text) => partDisposition(text, toName), words: ['form-data; name="', "a;b*=utf-8''"] },
  boundaryOf: { read: boundaryOf, words: ['multipart/form-data', 'multipart/form-data; boundary="', 'image/'] },
  readMediaType: { read: readMediaType, words: ['text/plain; charset='] },
  waitSecondsOf: { read: waitSecondsOf, words: ['wait=', 'wait="', 'a;b="', 'a;"b\\",'] },
  repeatedKeyIn: { read: repeatedKeyIn, words: ['{"a":', '{"', '[{'] },
  restPaths: { read: (url) => restPaths()(request({}, url), {} as never, () => {}), words: ['/api/', 'http://'] },
  searchOf: { read: searchOf, words: ['/?'] },
  withoutFinalSlashes: { read: withoutFinalSlashes },
  hasSharedToken: { read: (authorization) => hasSharedToken(request({ authorization }), 'token'), words: ['Bearer '] },
  isKnownTag: { read: (text) => isKnownTag(text, '"a"'), words: ['W/"'] },
  'objectAnswer: dates': { read: (text) => answer({ 'if-modified-since': text }), words: ['Mon, 01 '] },
  'objectAnswer: ranges': { read: (range) => answer({ range }), words: ['bytes=', 'bytes=1'] },
  'objectAnswer: tags': { read: (text) => answer({ 'if-match': text }), words: ['W/"'] },
  addressBucket: { read: addressBucket, words: ['::ffff:', '1.2.3.4:', '[::1]:', 'fe80::1%'] },
  checkPassword: { read: (text) => checkPassword(text, 'ada') },
  toImageName: { read: toImageName },
  searchWords: { read: searchWords },
  languageOf: { read: (cookie) => languageOf(request({ cookie })), words: ['darkroom_language=', 'a=b;'] },
  'where the panel goes next': { read: createPanelPaths('http://localhost:8000').next, words: ['/admin/'] },
  'words of a problem': { read: problemsIn('de', deProblems, de), words: ['There is no tier named '] },
};

/** Put together from our own words; what they read is in `parsers`, or does not come from a request. */
const knownConstructors: Record<string, string> = {
  'admin/actions/panel-problem.ts': 'the name of a constraint, from PostgreSQL',
  'admin/locale/request-language.ts': 'languageOf',
};

describe('what reads the texts of strangers needs time that grows with their length', () => {
  it('in every regular expression of the source', () => {
    expect(literals.length).toBeGreaterThan(100);
    const found = literals.flatMap(({ file, line, text, expression, words }) => {
      return tooSlow(everyMatch(expression), hostileTexts(words)).map((label) => `${file}:${line} ${text} on ${label}`);
    });
    expect(found).toEqual([]);
  });

  it.each(Object.entries(parsers))('in %s', (_name, { read, words, maxCharacters }) => {
    const work = (input: string) => {
      try {
        read(input);
      } catch {
        // Refused.
      }
    };
    expect(tooSlow(work, hostileTexts(words), maxCharacters)).toEqual([]);
  });

  it('and no expression is put together where the tests above cannot see it', () => {
    expect(constructors.map(({ file }) => file).sort()).toEqual(Object.keys(knownConstructors).sort());
  });

  it.each([
    [/ +$/, '"" + " " × n'],
    [/eyJ-[\w-]*\./, '"" + "eyJ-" × n'],
    [/;(?=(?:[^"]*"[^"]*")*[^"]*$)/, '"" + ";" × n'],
  ])('and a quadratic one such as %s is found', (expression, label) => {
    const texts = hostileTexts(['eyJ']).filter((text) => text.label === label);
    expect(tooSlow(everyMatch(expression), texts)).toEqual([label]);
  });
});

function tooSlow(work: (text: string) => unknown, texts: readonly HostileText[], largeCharacters?: number): string[] {
  return texts.filter((text) => growthOf(work, text, largeCharacters) > maxGrowth).map(({ label }) => label);
}

/** As `matchAll`, `replaceAll` and `split` walk through a text; a sticky one reads from its start alone. */
function everyMatch(expression: RegExp): (text: string) => void {
  const everywhere = new RegExp(
    expression,
    expression.sticky ? expression.flags : `${expression.flags.replace('g', '')}g`,
  );
  return (text) => {
    everywhere.lastIndex = 0;
    if (everywhere.sticky) everywhere.exec(text);
    else text.replace(everywhere, '');
  };
}

function request(headers: Record<string, string>, url = '/'): Request {
  return {
    url,
    method: 'GET',
    headers,
    headersDistinct: {},
    get: (name: string) => headers[name],
    acceptsLanguages: () => false,
  } as unknown as Request;
}

const toName = (text: string) => (text === '' ? null : text);

function answer(headers: Record<string, string>) {
  return objectAnswer('GET', headers, { bytes: 10, etag: '"a"', lastModified: new Date(0) });
}
