import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { languages } from '../../../admin/locale/languages.ts';
import type { Forms } from '../../../admin/locale/say-in.ts';
import { collectWords } from '../../support/panel/collect-words.ts';
import { pageWords } from '../../support/panel/page-words.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

const source = collectWords('admin');
const others = Object.entries(languages).filter(([language]) => language !== 'en');

let world: PanelWorld;
let texts: Set<string>;
let counted: Set<string>;
beforeAll(async () => {
  world = await openPanelWorld();
  const page = pageWords(await (await (await world.loggedIn()).get('/admin')).text());
  counted = new Set([...source.counted, ...page.counted]);
  texts = new Set([...source.texts, ...page.texts]);
});
afterAll(() => world.close());

describe('the panel', () => {
  it('says nothing in English alone', () => {
    expect(source.unsaid).toEqual([]);
  });
});

describe.each(others)('the words in %s', (language, { words }) => {
  it('are all there, and none is there for nothing', () => {
    const [wanted, given] = [new Set([...texts, ...counted]), new Set(Object.keys(words))];
    expect([...wanted].filter((text) => !given.has(text))).toEqual([]);
    expect([...given].filter((text) => !wanted.has(text))).toEqual([]);
  });

  it('have the places of the English text', () => {
    const wrong = Object.entries(words).flatMap(([english, said]) =>
      Object.entries(formsOf(said))
        .filter(([form, text]) => !fits(placesOf(text), placesOf(english), form))
        .map(([form]) => `${form}: ${english}`),
    );
    expect(wrong).toEqual([]);
  });

  it('have every form that the language has for numbers', () => {
    const categories = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort();
    const wrong = Object.entries(words).filter(([english, said]) =>
      counted.has(english)
        ? typeof said === 'string' || Object.keys(said).sort().join() !== categories.join()
        : typeof said !== 'string',
    );
    expect(wrong.map(([english]) => english)).toEqual([]);
  });
});

function formsOf(said: string | Forms): Record<string, string> {
  return typeof said === 'string' ? { other: said } : { ...said };
}

/** A form for one number alone may leave the number out: "the only one". */
function fits(given: string[], wanted: string[], form: string): boolean {
  const withoutCount = (places: string[]) => places.filter((place) => place !== '{{count}}');
  const isOne = form === 'one' && !given.includes('{{count}}');
  return given.join() === (isOne ? withoutCount(wanted) : wanted).join();
}

function placesOf(text: string): string[] {
  return [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();
}
