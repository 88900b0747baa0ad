import { once } from 'node:events';
import type { Request, Response } from 'express';

const flushCharacters = 64 * 1024;

export interface StreamOptions {
  /** Called with the whole body once it is sent, unless it has more bytes than `maxBytes`. */
  keep?: { maxBytes: number; whole(body: Buffer): void };
}

/**
 * Answers 200 with a JSON array, an item at a time: memory does not grow with their number, and a reader that is slow
 * slows the source down. An error before the first bytes are out is thrown; after that the answer breaks off, so that
 * nobody takes a part for the whole. A HEAD reads nothing.
 */
export async function streamJsonArray(
  req: Request,
  res: Response,
  items: AsyncIterable<unknown>,
  { keep }: StreamOptions = {},
): Promise<undefined> {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store');
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  let pieces: Buffer[] | undefined = keep && [];
  let bytes = 0;
  const toBytes = (text: string): Buffer => {
    const piece = Buffer.from(text);
    bytes += piece.length;
    if (keep && bytes > keep.maxBytes) pieces = undefined;
    pieces?.push(piece);
    return piece;
  };
  let text = '[';
  let separator = '';
  for await (const item of items) {
    text += separator + JSON.stringify(item);
    separator = ',';
    if (text.length < flushCharacters) continue;
    if (res.destroyed) return;
    if (!res.write(toBytes(text))) await drained(res);
    text = '';
  }
  res.end(toBytes(`${text}]`));
  if (pieces) keep?.whole(Buffer.concat(pieces));
}

/** Until there is room again, or nobody reads any more. */
async function drained(res: Response): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(res, 'drain', { signal }), once(res, 'close', { signal })]);
  } finally {
    settled.abort();
  }
}
