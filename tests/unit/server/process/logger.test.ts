import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, redactUrl } from '../../../../server/process/logger.ts';
import { redactText } from '../../../../server/process/redact.ts';

function logged(work: (logger: ReturnType<typeof createLogger>) => void, isTTY = false): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  work(createLogger({ level: 'info', stream }));
  return String(stream.read() ?? '');
}

describe('the log', () => {
  it('is one JSON document a line, with level and time', () => {
    const line = JSON.parse(logged((logger) => logger.info({ requestId: 'r1', status: 200 }, 'request')));
    expect(line).toMatchObject({ level: 'info', requestId: 'r1', status: 200, msg: 'request' });
    expect(new Date(line.time).getTime()).toBeGreaterThan(0);
  });

  it('keeps to its level', () => {
    expect(logged((logger) => logger.debug('quiet'))).toBe('');
  });

  it('holds no password, token or cookie, wherever it stands', () => {
    const secrets = { password: 'hunter2', token: 'hunter2', authorization: 'hunter2', cookie: 'hunter2' };
    const text = logged((logger) => {
      logger.info(secrets);
      logger.info({ body: secrets });
      logger.info({ request: { headers: { ...secrets, 'set-cookie': ['hunter2'] } } });
    });
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('hunter2');
  });

  it('shows of an error what helps, with its causes, and not what a library hangs on it', () => {
    const cause = Object.assign(new Error('connect to postgres://u:hunter2@db/x failed'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('no database', { cause }), { $response: { headers: { cookie: 'hunter2' } } });
    const text = logged((logger) => logger.error({ err: error }, 'failed'));
    const { err } = JSON.parse(text);
    expect(err).toMatchObject({ type: 'Error', message: 'no database', cause: { code: 'ECONNREFUSED' } });
    expect(err.stack).toContain('logger.test');
    expect(text).not.toContain('hunter2');
  });

  it('names what is inside an error of several', () => {
    const error = new AggregateError([
      new Error('connect ECONNREFUSED ::1'),
      new Error('connect ECONNREFUSED 127.0.0.1'),
    ]);
    expect(logged((logger) => logger.error({ err: error }))).toContain('connect ECONNREFUSED 127.0.0.1');
  });

  it('is text to read in a terminal', async () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true });
    createLogger({ level: 'info', stream }).info({ status: 200 }, 'request');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const text = String(stream.read());
    expect(text).toContain('request');
    expect(() => JSON.parse(text)).toThrow();
  });
});

describe('what is taken out of texts', () => {
  it.each([
    ['/e/AZxyz_123', '/e/[redacted]'],
    ['/api/e/AZxyz_123/?download=1', '/api/e/[redacted]/?download=1'],
    [
      '/objects/originals/a/b?X-Amz-Date=1&X-Amz-Signature=abc&x-id=1',
      '/objects/originals/a/b?X-Amz-Date=1&X-Amz-Signature=[redacted]&x-id=1',
    ],
    ['/token/?password=a%20b&username=ada', '/token/?password=[redacted]&username=ada'],
    ['/metrics?token=abc', '/metrics?token=[redacted]'],
    ['/image/all?limit=10', '/image/all?limit=10'],
    [
      '/image/all?order=-name&cursor=WyJhIl0&name=cat%20a.png',
      '/image/all?order=-name&cursor=WyJhIl0&name=cat%20a.png',
    ],
    ['/trpc/me?connectionParams=%7B%22a%22%3A%22b%22%7D&x=1', '/trpc/me?connectionParams=[redacted]&x=1'],
    ['/trpc/a?input=%7B%22password%22%3A%22hunter2hunter2%22%7D', '/trpc/a?input=[redacted]'],
    ['/objects/a?X-Amz-Signatur%65=abc', '/objects/a?X-Amz-Signatur%65=[redacted]'],
    ['/objects/a?x-amz-signatur%2565=abc', '/objects/a?x-amz-signatur%2565=[redacted]'],
    [
      '/objects/a?X_Amz_Security_Token=abc#access_token=abc',
      '/objects/a?X_Amz_Security_Token=[redacted]#access_token=[redacted]',
    ],
    ['//e//AZxyz_123', '//e//[redacted]'],
    ['/%65/AZxyz_123', '/%65/[redacted]'],
    ['/admin/password/AZxyz_123?a=1', '/admin/password/[redacted]?a=1'],
    ['/image/all?name=Bearer%20abcdefghijklmnop', '/image/all?name=[redacted]'],
    ['/image/all?name=Bearer+abcdefghijklmnop', '/image/all?name=[redacted]'],
    ['/image/all?name=drk_0123456789', '/image/all?name=[redacted]'],
    ['/image/all?next=https%3A%2F%2Fada%3Ahunter2%40host%2F', '/image/all?next=[redacted]'],
    ['/image/all?next=%2Fe%2FAZxyz_123', '/image/all?next=[redacted]'],
  ])('%s', (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
    expect(redactUrl(redacted)).toBe(redacted);
  });

  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl';
  it('has no token in any part of an address, however often it is percent-encoded', () => {
    const encode = (text: string) => [...text].map((one) => `%${one.charCodeAt(0).toString(16)}`).join('');
    const parts = fc.constantFrom('/', '/image/', '/x?', '/x?a=', '/x?a=1&b=', '/x#', '/x;a=');
    const encodings = fc.integer({ min: 0, max: 6 });
    const kinds = fc.constantFrom(
      (text: string) => text,
      encode,
      (text: string) => text.replaceAll('.', '%2E'),
      (text: string) => text.replaceAll('e', '%65'),
    );
    fc.assert(
      fc.property(parts, kinds, encodings, fc.constantFrom('', '&z=1', '/z'), (before, kind, times, after) => {
        let hidden = kind(token);
        for (let time = 0; time < times && hidden.length < 1_500; time += 1) hidden = hidden.replaceAll('%', '%25');
        const shown = redactUrl(before + hidden + after);
        expect(shown).toContain('[redacted]');
        expect(shown).not.toContain(hidden);
        expect(redactText(`GET ${before}${hidden}${after} failed`)).not.toContain(hidden);
      }),
    );
  });

  it('cuts an address that is too long', () => {
    expect(redactUrl(`/${'a'.repeat(15_000)}`).length).toBeLessThan(2_100);
  });

  it.each([
    ['Authorization: Bearer abcdefghijklmnop', 'Authorization: Bearer [redacted]'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'got [redacted]'],
    ['the Basic tier', 'the Basic tier'],
    ['the key drk_0123456789abcdef is revoked', 'the key [redacted] is revoked'],
    ['{"password":"hunter \\" 2","name":"ada"}', '{"password":[redacted],"name":"ada"}'],
    ['ADMIN_PASSWORD=hunter2 is set', 'ADMIN_PASSWORD=[redacted] is set'],
    [
      'https://hunter2@host/ and postgres://u:hun@ter2@host/x',
      'https://[redacted]@host/ and postgres://u:[redacted]@host/x',
    ],
    ['GET https://host/a?X-Amz-Signatur%65=abc failed', 'GET https://host/a?X-Amz-Signatur%65=[redacted] failed'],
    ['The password must not be the username.', 'The password must not be the username.'],
  ])('of a text: %s', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
    expect(redactText(redacted)).toBe(redacted);
  });
});

describe('a line of the log', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl';

  it('hides by value what a field with a harmless name holds, at any depth, and in its message', () => {
    const text = logged((logger) => {
      logger.info(
        { detail: token, list: [{ deep: { deeper: { deepest: `Bearer ${token}` } } }] },
        `came with ${token}`,
      );
      logger.info({ address: new URL(`https://ada:hunter2@host/?a=${token}`) });
      logger.info({ inner: { failure: new Error(`no ${token}`) } });
    });
    expect(text).not.toMatch(/eyJ|hunter2/);
    expect(text).toContain('came with [redacted]');
  });

  it('hides by name below any number of other fields', () => {
    const text = logged((logger) => logger.info({ a: { b: { c: { apiKey: 'hunter2', 'X-Api-Key': 'hunter2' } } } }));
    expect(text).not.toContain('hunter2');
  });
});
