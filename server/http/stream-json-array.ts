import { once } from 'node:events';
import type { Request, Response } from 'express';

const flushCharacters = 64 * 1024;

/**
 * Answers 200 with a JSON array, an item at a time: memory does not grow with their number, and a reader that is slow
 * slows the source down. An error before the first bytes are out is thrown; after that the answer breaks off, so that
 * nobody takes a part for the whole. A HEAD reads nothing.
 */
export async function streamJsonArray(req: Request, res: Response, items: AsyncIterable<unknown>): Promise<undefined> {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store');
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  let text = '[';
  let separator = '';
  for await (const item of items) {
    text += separator + JSON.stringify(item);
    separator = ',';
    if (text.length < flushCharacters) continue;
    if (res.destroyed) return;
    if (!res.write(text)) await drained(res);
    text = '';
  }
  res.end(`${text}]`);
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
