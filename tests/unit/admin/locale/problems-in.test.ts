import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problemsIn } from '../../../../admin/locale/problems-in.ts';
import type { Forms } from '../../../../admin/locale/say-in.ts';
import { problemIn, problemWords, sayProblem } from '../../../../admin/locale/say-problem.ts';
import { createGroupSchema } from '../../../../core/contracts/group.ts';
import { createLinkSchemaFor } from '../../../../core/contracts/link.ts';
import { createTierSchema, updateTierSchema } from '../../../../core/contracts/tier.ts';
import { createUserSchema, updateUserSchema } from '../../../../core/contracts/user.ts';
import { AppError } from '../../../../core/errors.ts';
import { fromZodError } from '../../../../core/from-zod-error.ts';

const german = problemsIn(
  'de',
  {
    'There is no tier named {{name}}.': 'Einen Tarif namens {{name}} gibt es nicht.',
    'This is too long.': 'Das ist zu lang.',
    'This is {{anything}}.': 'Das ist irgendetwas: {{anything}}.',
    '{{count}} users of {{most}}.': {
      one: '{{count}} Benutzer von {{most}}.',
      other: '{{count}} Benutzer von {{most}}!',
    },
    'You may not {{what}}.': 'Ihnen fehlt das Recht: {{what}}.',
  },
  { 'see users': 'Benutzer sehen', '{{count}} users': { one: 'x', other: 'y' } },
);

describe('a message in another language', () => {
  it('has the values of the English one, whatever they are', () => {
    expect(german('There is no tier named $& {{name}}.')).toBe('Einen Tarif namens $& {{name}} gibt es nicht.');
    expect(german('There is no tier named a\nb.')).toBe('Einen Tarif namens a\nb gibt es nicht.');
  });

  it('is that of the template that says more', () => {
    expect(german('This is too long.')).toBe('Das ist zu lang.');
    expect(german('This is too short.')).toBe('Das ist irgendetwas: too short.');
  });

  it('has the form for its number', () => {
    expect(german('1 users of 3.')).toBe('1 Benutzer von 3.');
    expect(german('2 users of 3.')).toBe('2 Benutzer von 3!');
  });

  it('says the words in it, and is not there when it cannot', () => {
    expect(german('You may not see users.')).toBe('Ihnen fehlt das Recht: Benutzer sehen.');
    expect(german('You may not fly.')).toBeUndefined();
    expect(german('No such sentence.')).toBeUndefined();
  });

  it('is several sentences when the English is', () => {
    expect(german('You may not see users. There is no tier named A. B.')).toBe(
      'Ihnen fehlt das Recht: Benutzer sehen. Einen Tarif namens A. B gibt es nicht.',
    );
    expect(german('You may not see users. Nobody knows.')).toBeUndefined();
  });

  it('is not looked for when there is more than a person would read', () => {
    expect(german(`There is no tier named ${'a'.repeat(1_000)}.`)).toContain('Einen Tarif namens a');
    expect(german(`There is no tier named ${'a'.repeat(5_000)}.`)).toBeUndefined();
    expect(german(`${'This is A. '.repeat(100)}Nobody knows`)).toBeUndefined();
  });
});

describe.each(Object.keys(problemWords))('the messages in %s', (language) => {
  const templates = Object.entries(problemWords[language] ?? {});

  it('are found by their finished sentence, with the same values', () => {
    const value = fc.stringMatching(/^[\p{L}\p{N}]{1,12}$/u);
    fc.assert(
      fc.property(fc.constantFrom(...templates), fc.infiniteStream(value), ([english, said], stream) => {
        const names = placesOf(english);
        const values = Object.fromEntries(names.map((name) => [name, valueFor(name, stream.next().value)]));
        const forms: Forms = typeof said === 'string' ? { other: said } : said;
        const expected = Object.values(forms).map((text) => filled(text, { ...values, ...saidWhat(language, values) }));
        expect(expected).toContain(sayProblem(language, filled(english, values)));
      }),
      { numRuns: 150 },
    );
  });

  it('are there for whatever the schemas of the forms find wrong', () => {
    const schemas = [createTierSchema, updateTierSchema, createUserSchema, updateUserSchema, createGroupSchema, links];
    const odd = fc.constantFrom<unknown>(undefined, null, '', 'a'.repeat(2_000), '\u0000', -1, 1.5, 2 ** 60, true, {}, [
      [],
      ...Array(1_001).fill(7),
    ]);
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.infiniteStream(odd), (schema, stream) => {
        const given = Object.fromEntries(fields.map((name) => [name, stream.next().value]));
        const parsed = schema.safeParse(given);
        const errors = parsed.success ? [] : (fromZodError(parsed.error).errors ?? []);
        expect(errors.filter(({ message }) => sayProblem(language, message) === message)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

/** Of all the forms. */
const fields = [createTierSchema, createUserSchema, createGroupSchema].flatMap(({ shape }) => Object.keys(shape));
const limits = { expiringLinkMinSeconds: 300, expiringLinkMaxSeconds: 30_000, thumbnailHeights: [200] };
const links = createLinkSchemaFor(limits);

describe('an error in another language', () => {
  it('says what somebody may not do, and how long to wait', () => {
    expect(sayProblem('pl', 'You may not see users. Ask an administrator for the permission users.view.')).toBe(
      'Nie masz prawa widzieć użytkowników. Poproś administratora o uprawnienie users.view.',
    );
    expect(sayProblem('pl', 'Too many requests in a minute. Wait 3 seconds.')).toBe(
      'Zbyt wiele żądań w ciągu minuty. Poczekaj 3 sekundy.',
    );
    expect(sayProblem('de', '12 accounts have this tier. Give them another one first.')).toMatch(/^12 Konten haben/);
  });

  it('keeps what programs read, and says what people do', () => {
    const error = new AppError('invalid_request', 'name: is missing', {
      errors: [
        { path: 'name', message: 'is missing' },
        { path: 'rank', message: 'nobody has words for this' },
      ],
      extra: { accounts: 2 },
      retryAfterSeconds: 3,
      cause: 'a cause',
    });
    const said = problemIn('de', error);
    expect(said).toMatchObject({ ...error, detail: 'name: fehlt', message: 'name: fehlt', errors: said.errors });
    expect(said.errors).toEqual([
      { path: 'name', message: 'fehlt' },
      { path: 'rank', message: 'nobody has words for this' },
    ]);
    expect(problemIn('de', said)).toEqual(said);
    expect(problemIn('en', error)).toBe(error);
  });
});

function placesOf(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '');
}

function filled(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (place, name: string) => values[name] ?? place);
}

/** One of the texts that a `{{what}}` may be, and a number where forms are chosen by it. */
function valueFor(name: string, any: string): string {
  if (name === 'what') return 'This is a video.';
  return name === 'count' ? String(any.length) : any;
}

function saidWhat(language: string, { what }: Record<string, string>): Record<string, string> {
  return what === undefined ? {} : { what: sayProblem(language, what) };
}
