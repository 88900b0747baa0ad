import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { languages } from '../../../admin/locale/languages.ts';
import type { Forms } from '../../../admin/locale/say-in.ts';
import { problemWords, sayProblem } from '../../../admin/locale/say-problem.ts';
import { errorKinds } from '../../../core/errors.ts';
import { collectProblems } from '../../support/panel/collect-problems.ts';
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

/** What the panel's use cases are made of. */
const reachable = [
  ...['admin', 'core', 'lambda'],
  ...['accounts', 'audit', 'db', 'images', 'jobs', 'kernel', 'links', 'thumbnailing', 'tiers'].map(
    (room) => `server/${room}`,
  ),
  ...['rate-limits', 'read-small-body', 'to-app-error', 'upload-body', 'watch-body'].map(
    (name) => `server/http/${name}.ts`,
  ),
];

/** Of these, what is said over REST alone: of tokens, lists, presigned addresses, bytes behind a link. And colours. */
const elsewhere = [
  ...['admin/theme.ts', 'core/errors.ts'],
  ...['core/contracts/image.ts', 'core/contracts/token.ts', 'core/storage/verify-presigned.ts'],
  ...[
    'accounts/authenticate',
    'accounts/list-accounts',
    'accounts/token-codec',
    'images/list-cursor',
    'thumbnailing/store-events.routes',
  ]
    .concat(['links/links.routes', 'links/open-link'])
    .map((name) => `server/${name}.ts`),
];
const titles = Object.values(errorKinds).map(({ title }) => title);
const problems = [...collectProblems(reachable, elsewhere).keys(), ...titles];
/** Zod's own, which no code of ours has. */
const ofSchemas = /^(?:Invalid (?:input|option|UUID)|Too (?:big|small):|Unrecognized keys?:)/;

describe.each(others)('what errors say in %s', (language) => {
  const words = problemWords[language] ?? {};

  it('is there for each that can reach somebody here, and none is there for nothing', () => {
    const shapes = new Set(Object.keys(words).map(shapeOf));
    const missing = problems.filter((text) => !shapes.has(text) && sayProblem(language, text) === text);
    expect(missing).toEqual([]);
    const idle = Object.keys(words).filter((english) => !problems.some((text) => partOf(english).test(text)));
    expect(idle.filter((english) => !ofSchemas.test(english))).toEqual([]);
  });

  it('has the values of the English text, and every form that the language has for numbers', () => {
    const categories = [...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort().join();
    const wrong = Object.entries(words).filter(([english, said]) => {
      const wanted = placesOf(english).filter((place) => place !== '{{type}}');
      const isWhole = Object.values(formsOf(said)).every((text) => placesOf(text).join() === wanted.join());
      const hasForms = english.includes('{{count}}') === (typeof said !== 'string');
      return !isWhole || !hasForms || (typeof said !== 'string' && Object.keys(said).sort().join() !== categories);
    });
    expect(wrong.map(([english]) => english)).toEqual([]);
  });
});

/** Whether a message is made of this template, or has it in itself. */
function partOf(english: string): RegExp {
  const texts = english.split(/\{\{\w+\}\}/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(texts.join('[^]*'));
}

function shapeOf(english: string): string {
  return english.replaceAll(/\{\{\w+\}\}/g, '{{}}');
}

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

describe('somebody who chose a language', () => {
  it('is answered in it by pages, lists, sections and notices, and keeps it through a login', async () => {
    const client = world.client();
    const language = new URLSearchParams({ language: 'de', next: '/admin/resources/log' });
    expect((await client.post('/admin/language', language)).headers.get('location')).toBe('/admin/resources/log');
    const login = await (await client.get('/admin/login/')).text();
    expect(login).toContain('<html lang="de">');
    expect(login).toContain('Am Panel anmelden');
    await client.login('admin', 'a lamp, red and dim');
    const page = await (await client.get('/admin')).text();
    expect(page).toContain('<html lang="de">');
    expect(pageWords(page).texts).toContain('Befristete Links');
    const [entry] = (await client.list('log', { 'filters.action': 'login' })).records;
    expect(entry?.title).toBe('admin hat sich angemeldet');
    const group = await client.create('groups', { name: 'Nachtschicht', permissions: [] });
    expect(group.notice?.message).toBe('Die Gruppe Nachtschicht ist angelegt.');
    const { choices } = (await (await client.get('/admin/api/resources/log/actions/facets')).json()).facets.find(
      ({ name }: { name: string }) => name === 'resource',
    );
    expect(choices.map(({ label }: { label: string }) => label)).toContain('Gruppen');
  });

  it('is told in it what is wrong: at a field, in a notice, of a file, on a page, and why an image failed', async () => {
    const client = await world.loggedIn();
    await client.post('/admin/language', new URLSearchParams({ language: 'pl' }));
    const user = { username: 'admin', password: 'lamp', passwordAgain: 'lamp', tierId: world.tier.id };
    const { problem, record } = await client.create('users', user);
    expect(problem).toMatchObject({ code: 'weak_password', detail: 'Nie zapisano: sprawdź zaznaczone pola.' });
    expect(record.errors.password?.message).toBe('Użyj co najmniej 12 znaków.');
    const kept = await client.act('tiers', world.tier.id, 'delete');
    expect(kept.notice?.message).toBe('Nowe konta dostają ten plan. Najpierw ustaw inny plan jako domyślny.');

    const file = 'username,tier\nzofia,Gold\n';
    const verdict = await client.post('/admin/import/users?dryRun=1', Buffer.from(file), {
      'content-type': 'text/csv',
    });
    expect(JSON.parse(await verdict.text()).row.problems).toEqual(['Nie ma planu o nazwie Gold.']);
    const bytes = { 'content-type': 'application/octet-stream' };
    const upload = await client.post(`/admin/upload/${world.admin.id}?filename=a.png`, Buffer.from('no image'), bytes);
    expect((await upload.json()).notice.message).toMatch(/^To nie jest obraz .* Prześlij obraz JPEG/);

    const page = await (await client.get('/admin/resources/secrets', { accept: 'text/html' })).text();
    expect(page).toContain('<html lang="pl">');
    expect(page).toContain('Pod tym adresem niczego nie ma.');
    expect(page).toContain('Do panelu');
    const failed = await world.addImage({ ownerId: world.admin.id, name: 'torn.png', status: 'failed' });
    await failed.update({ failureMessage: 'The file is cut off: its last part is missing. Upload it again.' });
    const why = 'Plik jest ucięty: brakuje jego końca. Prześlij go ponownie.';
    expect((await client.show('images', failed.id)).record.params.failureMessage).toBe(why);
    expect(await (await client.get('/admin/api/dashboard')).text()).toContain(why);
  });

  it('is answered as the browser asks before that, and in English when it asks for another language', async () => {
    const langOf = async (accepted: string) => {
      const page = await (await world.client().get('/admin/login/', { 'accept-language': accepted })).text();
      return /<html lang="(\w+)">/.exec(page)?.[1];
    };
    expect(await langOf('pl-PL,pl;q=0.9,en;q=0.8')).toBe('pl');
    expect(await langOf('ja')).toBe('en');
  });

  it('can choose no other one, and no foreign page can choose for them', async () => {
    const client = world.client();
    expect((await client.post('/admin/language', new URLSearchParams({ language: 'xx' }))).status).toBe(400);
    const foreign = await client.post('/admin/language', new URLSearchParams({ language: 'de' }), {
      origin: 'https://elsewhere.example',
    });
    expect(foreign.status).toBe(403);
    const away = await client.post(
      '/admin/language',
      new URLSearchParams({ language: 'de', next: 'https://x.example' }),
    );
    expect(away.headers.get('location')).toBe('/admin');
  });
});
