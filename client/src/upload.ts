import type { Image } from './api.ts';
import { DarkroomError, errorOfFetch, errorOfResponse } from './darkroom-error.ts';
import { sendWithXhr } from './send-with-xhr.ts';
import type { Session } from './session.ts';
import { type OpenedSource, openSource, type UploadSource } from './upload-source.ts';

export interface UploadProgress {
  sentBytes: number;
  /** Null when nobody knows. */
  totalBytes: number | null;
}

export interface UploadOptions {
  /** Of the image; without it the file's, else one made from the id. */
  name?: string;
  /** When you have an image of this name: `rename` (the default) makes `cat-1.png` of it, `error` is `name_taken`. */
  onConflict?: 'rename' | 'error';
  /** So many seconds, at most 30, the answer waits for the thumbnails. */
  wait?: number;
  /** The same upload with the same key again, within a day, gives the same image instead of a second one. */
  idempotencyKey?: string;
  /** SHA-256 of the bytes, in hex: what arrives otherwise is refused as `digest_mismatch`. */
  digest?: string;
  onProgress?: (progress: UploadProgress) => void;
  signal?: AbortSignal;
}

export interface UploaderOptions {
  url: string;
  session: Pick<Session, 'withAccess'>;
  /** The app's own; uploads go through it even where XMLHttpRequest could tell the progress better. */
  fetch?: typeof fetch;
}

/** Uploads through POST `/image/upload`. */
export function uploaderOf({ url, session, fetch: given }: UploaderOptions) {
  const inBrowser = given === undefined && typeof XMLHttpRequest !== 'undefined';

  return async function upload(source: UploadSource, options: UploadOptions = {}): Promise<Image> {
    const { onProgress, signal } = options;
    signal?.throwIfAborted();
    const opened = await openSource(source);
    // A browser sends no stream over HTTP/1.1; it keeps a large Blob on the disk.
    const whole = opened.whole ?? (inBrowser ? await new Response(opened.stream()).blob() : null);
    const address = url + pathOf(options.name ?? opened.name, options);
    const attempt = async (access: string | null): Promise<Response> => {
      const headers = headersOf(options, access);
      if (inBrowser && whole && onProgress) return sendWithXhr({ address, headers, body: whole, onProgress, signal });
      const send = given ?? fetch;
      try {
        if (whole && !onProgress) return await send(address, { method: 'POST', headers, body: whole, signal });
        return await send(address, streamed(opened, headers, options));
      } catch (error) {
        throw errorOfFetch(error);
      }
    };
    const canRepeat = opened.canRepeat || whole !== null;
    const response = await session.withAccess(attempt, { canRepeat });
    if (!response.ok) throw await errorOfResponse(response);
    return (await response.json()) as Image;
  };
}

function pathOf(name: string | null, { onConflict }: UploadOptions): string {
  const query = new URLSearchParams();
  if (name !== null) query.set('filename', name);
  if (onConflict) query.set('on_conflict', onConflict);
  return query.size > 0 ? `/image/upload?${query}` : '/image/upload';
}

function headersOf({ wait, idempotencyKey, digest }: UploadOptions, access: string | null): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    ...(access !== null && { authorization: `Bearer ${access}` }),
    ...(wait !== undefined && { prefer: `wait=${Math.min(30, Math.max(0, Math.floor(wait)))}` }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    ...(digest !== undefined && { 'content-digest': `sha-256=:${base64OfHex(digest)}:` }),
  };
}

function streamed(
  { size, stream }: OpenedSource,
  headers: Record<string, string>,
  { onProgress, signal }: UploadOptions,
): RequestInit {
  let sentBytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      sentBytes += chunk.byteLength;
      onProgress?.({ sentBytes, totalBytes: size });
      controller.enqueue(chunk);
    },
  });
  const all = size === null ? headers : { ...headers, 'content-length': String(size) };
  // `duplex` is what fetch wants with a stream, and TypeScript does not know it.
  const halfDuplex: object = { duplex: 'half' };
  return { method: 'POST', headers: all, body: stream().pipeThrough(counter), signal, ...halfDuplex };
}

function base64OfHex(hex: string): string {
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new DarkroomError('invalid_request', 'digest: has to be a SHA-256 in 64 hexadecimal digits');
  }
  return btoa((hex.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''));
}
