import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
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
  ])('%s', (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
  });

  it('knows headers and tokens', () => {
    expect(redactText('Authorization: Bearer abcdefghijklmnop')).toBe('Authorization: Bearer [redacted]');
    expect(redactText('got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln')).toBe('got [redacted]');
    expect(redactText('the Basic tier')).toBe('the Basic tier');
  });
});
