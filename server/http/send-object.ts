import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { firstBytes } from '../../core/storage/first-bytes.ts';
import type { ByteRange, ObjectInfo, StoredObject } from '../../core/storage/object-store.ts';
import { hasConditions, objectAnswer } from './object-conditions.ts';

/** One object of a store. */
export interface ObjectSource {
  head(): Promise<ObjectInfo | null>;
  get(options: { range?: ByteRange }): Promise<StoredObject | null>;
  /** Called when a body is certain to be sent, right before it; what it throws is thrown in its place. */
  beforeBody?(): Promise<void>;
  /** The error for a condition or a range that does not hold; without it an empty answer says so. */
  refusal?(status: 412 | 416, info: ObjectInfo): Error;
}

/**
 * Answers GET or HEAD with an object's bytes, streamed, honouring conditions and one range. Headers that are set already
 * stay. Resolves to the status that was sent, or to null, with nothing sent, when there is no object. A client that goes
 * away is no error; a store that fails is thrown, also in the middle, when all that is left is to cut the connection.
 */
export async function sendObject(req: Request, res: Response, source: ObjectSource): Promise<number | null> {
  if (req.method === 'GET' && !hasConditions(req.headers)) return await sendBody(res, source, {});

  const info = await source.head();
  if (!info) return null;
  const answer = objectAnswer(req.method, req.headers, info);
  if (answer.status === 206) return await sendBody(res, source, { range: answer.range, etag: info.etag });
  if (answer.status === 200 && req.method === 'GET') return await sendBody(res, source, {});

  if (answer.status === 416) res.setHeader('Content-Range', `bytes */${info.bytes}`);
  if ((answer.status === 412 || answer.status === 416) && source.refusal) throw source.refusal(answer.status, info);
  setFacts(res, info);
  if (answer.status !== 304) res.setHeader('Content-Length', answer.status === 200 ? info.bytes : 0);
  if (answer.status !== 200) res.removeHeader('Content-Type');
  res.status(answer.status).end();
  return answer.status;
}

async function sendBody(
  res: Response,
  source: ObjectSource,
  part: { range?: ByteRange; etag?: string },
): Promise<number | null> {
  const object = await source.get(part.range ? { range: part.range } : {});
  if (!object) return null;
  try {
    if (part.etag !== undefined && object.etag !== part.etag) throw new Error('The object was replaced meanwhile');
    await firstBytes(object.body);
    await source.beforeBody?.();
  } catch (error) {
    object.body.destroy();
    throw error;
  }
  setFacts(res, object);
  const { range } = object;
  res.setHeader('Content-Length', range ? range.end - range.start + 1 : object.bytes);
  if (range) res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${object.bytes}`);
  res.status(range ? 206 : 200);
  try {
    await pipeline(object.body, res);
  } catch (error) {
    if (!isPrematureClose(error)) throw error;
  }
  return res.statusCode;
}

function setFacts(res: Response, info: ObjectInfo): void {
  res.setHeader('Content-Type', info.contentType);
  res.setHeader('Accept-Ranges', 'bytes');
  res.setHeader('ETag', info.etag);
  res.setHeader('Last-Modified', info.lastModified.toUTCString());
}

function isPrematureClose(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
