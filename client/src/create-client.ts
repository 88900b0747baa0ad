import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  isNonJsonSerializable,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter, Image } from './api.ts';
import { DarkroomError, errorOfResponse, errorOfTrpc } from './darkroom-error.ts';
import { eventsLink } from './events-link.ts';
import { pause } from './pause.ts';
import { memoryTokens, sessionOf, type TokenStore } from './session.ts';
import { type UploadOptions, uploaderOf } from './upload.ts';
import type { UploadSource } from './upload-source.ts';

export interface DarkroomClientOptions {
  /** Of the service: `https://pictures.example.com`. */
  url: string;
  /** Where the tokens are kept; in memory when absent. */
  tokens?: TokenStore;
  /** In place of the global one. */
  fetch?: typeof fetch;
}

export interface WaitOptions {
  signal?: AbortSignal;
  /** Two minutes when absent. */
  timeoutMilliseconds?: number;
}

type Procedures = Pick<TRPCClient<AppRouter>, 'auth' | 'me' | 'images' | 'links' | 'users' | 'tiers'>;

export interface DarkroomClient extends Procedures {
  /** tRPC's own client, for libraries that want one. */
  readonly trpc: TRPCClient<AppRouter>;
  login(username: string, password: string): Promise<void>;
  logout(): Promise<void>;
  /** Uploads one image. */
  upload(source: UploadSource, options?: UploadOptions): Promise<Image>;
  /** The image when its thumbnails are made; `image_failed` when they cannot be. */
  waitUntilReady(id: string, options?: WaitOptions): Promise<Image>;
}

/** Of the service, per batch. */
const maxBatchSize = 20;

/** The whole service, typed. Tokens are renewed by themselves; whatever fails is a `DarkroomError`. */
export function createDarkroomClient(options: DarkroomClientOptions): DarkroomClient {
  const url = options.url.replace(/\/+$/, '');
  const send: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const session = sessionOf({ url, tokens: options.tokens ?? memoryTokens(), fetch: send });
  const trpc = createTRPCClient<AppRouter>({
    links: linksOf(`${url}/trpc`, answeredByTrpc(session.fetch), answeredByTrpc(send)),
  });
  const { auth, me, images, links, users, tiers } = trpc;
  return {
    ...{ trpc, auth, me, images, links, users, tiers },
    login: (username, password) => session.login(username, password),
    logout: () => session.logout(),
    upload: uploaderOf({ url, session, fetch: options.fetch }),

    async waitUntilReady(id, { signal: given, timeoutMilliseconds = 120_000 } = {}) {
      const limit = AbortSignal.timeout(timeoutMilliseconds);
      const signal = given ? AbortSignal.any([given, limit]) : limit;
      try {
        for (let wait = 200; ; wait = Math.min(wait * 1.5, 2_000)) {
          const image = await images.get.query({ id }, { signal });
          if (image.status === 'ready') return image;
          if (image.failure) throw new DarkroomError('image_failed', image.failure.message);
          await pause(wait, signal);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
        throw given?.aborted
          ? new DarkroomError('aborted', 'It was aborted.')
          : new DarkroomError('timed_out', `The image was not ready in ${timeoutMilliseconds / 1000} s.`);
      }
    },
  };
}

function linksOf(url: string, authorized: typeof fetch, plain: typeof fetch): TRPCLink<AppRouter>[] {
  return [
    asDarkroomErrors,
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: eventsLink({ url, fetch: authorized }),
      false: splitLink({
        condition: ({ path }) => path.startsWith('auth.'),
        true: httpLink({ url, fetch: plain }),
        false: splitLink({
          condition: ({ input }) => isNonJsonSerializable(input),
          true: httpLink({ url, fetch: authorized }),
          false: httpBatchLink({ url, fetch: authorized, maxItems: maxBatchSize, maxURLLength: 4_000 }),
        }),
      }),
    }),
  ];
}

/** What else may answer: the service before tRPC was asked, with a problem document; a proxy, with a page. */
function answeredByTrpc(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    const type = response.headers.get('content-type') ?? '';
    if (/^(application\/json|text\/event-stream)\b/.test(type)) return response;
    throw await errorOfResponse(response);
  };
}

const asDarkroomErrors: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: (error) => observer.error(errorOfTrpc(error)),
      }),
    );
