import { describe, expect, it } from '@jest/globals';
import { createDarkroomClient, DarkroomError, memoryTokens, type TokenPair } from '../../../client/src/index.ts';

interface FakeOptions {
  /** Milliseconds that a renewal takes. */
  renewalTakes?: number;
  renewal?: () => Response;
}

const problem = (status: number, code: string) =>
  Response.json({ code, detail: `about ${code}`, status }, { status, headers: { 'x-request-id': 'request-1' } });

/** Takes `access-N` of the newest pair alone, and each refresh token once. */
function fakeService({ renewalTakes = 5, renewal }: FakeOptions = {}) {
  let generation = 1;
  const pair = (): TokenPair => ({ access: `access-${generation}`, refresh: `refresh-${generation}` });
  const calls: string[] = [];
  const send = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(String(input));
    calls.push(pathname);
    if (pathname === '/token/') return Response.json(pair());
    if (pathname === '/token/blacklist/') return Response.json({});
    if (pathname === '/token/refresh/') {
      await new Promise((resolve) => setTimeout(resolve, renewalTakes));
      if (renewal) return renewal();
      const { refresh } = JSON.parse(String(init.body)) as TokenPair;
      if (refresh !== pair().refresh) return problem(401, 'token_not_valid');
      generation += 1;
      return Response.json(pair());
    }
    const authorization = new Headers(init.headers).get('authorization');
    const data = { code: 'token_not_valid', httpStatus: 401, path: 'me', instance: 'request-2' };
    const isBatch = String(input).includes('batch=1');
    const many = decodeURIComponent(pathname).split(',');
    if (authorization !== `Bearer ${pair().access}`) {
      const answers = many.map(() => ({ error: { message: 'no', code: -32001, data } }));
      return Response.json(isBatch ? answers : answers[0], { status: 401 });
    }
    if (pathname === '/image/upload') return Response.json({ id: 'image-1' }, { status: 201 });
    const answers = many.map(() => ({ result: { data: { username: 'ada' } } }));
    return Response.json(isBatch ? answers : answers[0]);
  };
  return {
    calls,
    count: (path: string) => calls.filter((call) => call === path).length,
    pair,
    fetch: send as typeof fetch,
  };
}

async function failure(promise: Promise<unknown>): Promise<DarkroomError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DarkroomError)) throw new Error(`no DarkroomError: ${String(error)}`);
  return error;
}

const url = 'http://darkroom.test';
const ended: TokenPair = { access: 'ended', refresh: 'refresh-1' };

describe('tokens of the client', () => {
  it('are renewed once for many calls at the same time, each of which is sent again', async () => {
    const service = fakeService();
    const tokens = memoryTokens(ended);
    const client = createDarkroomClient({ url, tokens, fetch: service.fetch });
    const uploads = Array.from({ length: 20 }, () => client.upload(new Blob(['x'])));
    const all = await Promise.all([...uploads, client.me.query(), client.me.query()]);
    expect(all).toHaveLength(22);
    expect(service.count('/token/refresh/')).toBe(1);
    expect(service.count('/image/upload')).toBe(40);
    expect(await tokens.get()).toEqual({ access: 'access-2', refresh: 'refresh-2' });
  });

  it('are renewed once by a late call, too, that still had the old one', async () => {
    const service = fakeService();
    const tokens = memoryTokens(ended);
    let held: (() => void) | undefined;
    const slow: typeof fetch = async (input, init) => {
      const answer = await service.fetch(input, init);
      if (String(input).includes('/image/upload') && answer.status === 401 && !held) {
        await new Promise<void>((resolve) => {
          held = resolve;
        });
      }
      return answer;
    };
    const client = createDarkroomClient({ url, tokens, fetch: slow });
    const late = client.upload(new Blob(['x']));
    await client.me.query();
    held?.();
    await late;
    expect(service.count('/token/refresh/')).toBe(1);
  });

  it('that cannot be renewed are forgotten, and everybody who waited is told to log in', async () => {
    const service = fakeService({ renewal: () => problem(401, 'token_not_valid') });
    const tokens = memoryTokens(ended);
    const client = createDarkroomClient({ url, tokens, fetch: service.fetch });
    const [first, second] = await Promise.all([failure(client.upload(new Blob(['x']))), failure(client.me.query())]);
    expect([first.code, first.status, second.code]).toEqual(['logged_out', 401, 'logged_out']);
    expect(await tokens.get()).toBeNull();
    expect(service.count('/token/refresh/')).toBe(1);
  });

  it('are kept when the service is away for a moment', async () => {
    const service = fakeService({ renewal: () => problem(503, 'unavailable') });
    const tokens = memoryTokens(ended);
    const client = createDarkroomClient({ url, tokens, fetch: service.fetch });
    const error = await failure(client.me.query());
    expect([error.code, error.status, error.requestId]).toEqual(['unavailable', 503, 'request-1']);
    expect(await tokens.get()).toEqual(ended);
  });

  it('are not brought back by a renewal that ends after logging out', async () => {
    const service = fakeService({ renewalTakes: 30 });
    const tokens = memoryTokens(ended);
    const client = createDarkroomClient({ url, tokens, fetch: service.fetch });
    const waiting = failure(client.me.query());
    await new Promise((resolve) => setTimeout(resolve, 15));
    await client.logout();
    expect((await waiting).code).toBe('logged_out');
    expect(await tokens.get()).toBeNull();
  });

  it('that another page renewed already are taken from the store', async () => {
    const service = fakeService();
    let reads = 0;
    const tokens = { get: () => (reads++ === 0 ? { ...ended } : service.pair()), set: () => undefined };
    const client = createDarkroomClient({ url, tokens, fetch: service.fetch });
    await client.me.query();
    expect(service.count('/token/refresh/')).toBe(0);
  });

  it('are renewed ahead for a stream, which cannot be sent twice', async () => {
    const service = fakeService();
    const almost = btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 10 }));
    const tokens = memoryTokens({ access: `x.${almost}.x`, refresh: 'refresh-1' });
    const client = createDarkroomClient({ url, tokens, fetch: service.fetch });
    await client.upload(new Blob(['x']).stream());
    expect(service.calls).toEqual(['/token/refresh/', '/image/upload']);
  });
});

describe('errors of the client', () => {
  it('carry code, status, fields and the id of the request', async () => {
    const errors = [{ path: 'filename', message: 'is blank' }];
    const body = { code: 'invalid_filename', detail: 'The name is blank.', errors };
    const answer = () => Response.json(body, { status: 400, headers: { 'x-request-id': 'request-9' } });
    const client = createDarkroomClient({ url, fetch: async () => answer() });
    expect(await failure(client.upload(new Blob(['x'])))).toMatchObject({
      ...{ code: 'invalid_filename', status: 400, message: 'The name is blank.', errors, requestId: 'request-9' },
    });
  });

  it('tell apart what happened on this side', async () => {
    const away = createDarkroomClient({ url, fetch: async () => Promise.reject(new TypeError('fetch failed')) });
    expect((await failure(away.me.query())).code).toBe('network');
    expect((await failure(away.upload(new Blob(['x'])))).code).toBe('network');
    const proxy = createDarkroomClient({
      url,
      fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    });
    expect(await failure(proxy.upload(new Blob(['x'])))).toMatchObject({ code: 'unexpected_answer', status: 502 });
    expect(await failure(proxy.me.query())).toMatchObject({ code: 'unexpected_answer', status: 502 });
    const processing: typeof fetch = async () =>
      Response.json([{ result: { data: { status: 'processing', failure: null } } }]);
    const client = createDarkroomClient({ url, fetch: processing });
    const id = '00000000-0000-7000-8000-000000000000';
    expect((await failure(client.waitUntilReady(id, { timeoutMilliseconds: 50 }))).code).toBe('timed_out');
    const abort = new AbortController();
    const waiting = failure(client.waitUntilReady(id, { signal: abort.signal }));
    abort.abort();
    expect((await waiting).code).toBe('aborted');
  });
});

describe('progress of an upload', () => {
  it('grows to the whole, from a stream and from bytes', async () => {
    const read: typeof fetch = async (_, init) => {
      await new Response(init?.body).arrayBuffer();
      return Response.json({ id: 'image-1' }, { status: 201 });
    };
    const client = createDarkroomClient({ url, fetch: read });
    const seen: unknown[] = [];
    const bytes = new Uint8Array(200_000);
    await client.upload(bytes, { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ sentBytes: 200_000, totalBytes: 200_000 });
    await client.upload(new Blob([bytes]).stream(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ sentBytes: 200_000, totalBytes: null });
  });
});
