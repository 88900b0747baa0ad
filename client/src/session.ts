import type { TokenPair } from './api.ts';
import { DarkroomError, errorOfFetch, errorOfResponse } from './darkroom-error.ts';

/** Where the tokens are kept. Several clients and pages may share one; `null` is: logged out. */
export interface TokenStore {
  get(): TokenPair | null | Promise<TokenPair | null>;
  set(tokens: TokenPair | null): void | Promise<void>;
}

/** Keeps the tokens as long as the program runs. */
export function memoryTokens(tokens: TokenPair | null = null): TokenStore {
  let kept = tokens;
  return {
    get: () => kept,
    set: (next) => {
      kept = next;
    },
  };
}

export interface SessionOptions {
  url: string;
  tokens: TokenStore;
  fetch: typeof fetch;
}

export interface AttemptOptions {
  /** A stream is gone once it was sent: its token is looked at before, instead of after a 401. */
  canRepeat?: boolean;
}

export type Session = ReturnType<typeof sessionOf>;

const soonMilliseconds = 60_000;

/** Who is logged in, with tokens that are renewed when they ended: once, however many calls wait for it. */
export function sessionOf({ url, tokens, fetch }: SessionOptions) {
  let renewal: Promise<string> | null = null;

  const post = async (path: string, body: unknown, signal?: AbortSignal): Promise<Response> => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    };
    try {
      return await fetch(url + path, init);
    } catch (error) {
      throw errorOfFetch(error);
    }
  };

  /** A new access token in place of this one, which the service took no more. */
  function renew(stale: string): Promise<string> {
    renewal ??= exclusively(`darkroom ${url}`, () => renewOnce(stale)).finally(() => {
      renewal = null;
    });
    return renewal;
  }

  async function renewOnce(stale: string): Promise<string> {
    const before = await tokens.get();
    if (!before) throw loggedOut();
    if (before.access !== stale) return before.access;
    const response = await post('/token/refresh/', { refresh: before.refresh });
    const failure = response.ok ? null : await errorOfResponse(response);
    const next = failure ? null : ((await response.json()) as TokenPair);
    const now = await tokens.get();
    // Somebody logged in or out while this was on its way; that counts.
    if (now?.refresh !== before.refresh) {
      if (now) return now.access;
      throw loggedOut();
    }
    if (next) {
      await tokens.set(next);
      return next.access;
    }
    if (failure?.status !== 401) throw failure;
    await tokens.set(null);
    throw loggedOut(failure);
  }

  /** Tries with the access token of now, and once more with a new one when the answer is 401. */
  async function withAccess(
    attempt: (access: string | null) => Promise<Response>,
    { canRepeat = true }: AttemptOptions = {},
  ): Promise<Response> {
    const access = (await tokens.get())?.access ?? null;
    if (access === null) return attempt(null);
    if (!canRepeat) return attempt(endsSoon(access) ? await renew(access) : access);
    const response = await attempt(access);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    return attempt(await renew(access));
  }

  return {
    withAccess,

    async login(username: string, password: string, signal?: AbortSignal): Promise<void> {
      const response = await post('/token/', { username, password }, signal);
      if (!response.ok) throw await errorOfResponse(response);
      await tokens.set((await response.json()) as TokenPair);
    },

    /** Here at once; at the service too, if it can be reached. */
    async logout(): Promise<void> {
      const before = await tokens.get();
      await tokens.set(null);
      if (!before) return;
      const response = await post('/token/blacklist/', { refresh: before.refresh });
      if (!response.ok && response.status !== 401) throw await errorOfResponse(response);
    },

    /** `fetch` as who is logged in. */
    async fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
      const attempt = async (access: string | null) => {
        const headers = new Headers(init.headers);
        if (access !== null) headers.set('authorization', `Bearer ${access}`);
        try {
          return await fetch(input, { ...init, headers });
        } catch (error) {
          throw errorOfFetch(error);
        }
      };
      return withAccess(attempt, { canRepeat: !(init.body instanceof ReadableStream) });
    },
  };
}

/** One page of many at a time, where the browser can do that: a refresh token that is used twice ends its family. */
async function exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const locks = globalThis.navigator?.locks;
  return locks ? ((await locks.request(name, work)) as Result) : work();
}

function loggedOut(cause?: Error): DarkroomError {
  return new DarkroomError('logged_out', 'You are logged out. Log in again.', { status: 401, ...(cause && { cause }) });
}

/** Whether a token ends within a minute, by the clock of this machine; false for what cannot be read. */
function endsSoon(access: string): boolean {
  try {
    const payload = (access.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: number };
    return exp !== undefined && exp * 1000 < Date.now() + soonMilliseconds;
  } catch {
    return false;
  }
}
