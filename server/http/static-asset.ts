import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { isKnownTag } from './object-conditions.ts';

/** A file of our own that is served as it is, with what is needed to send it at once. */
export interface StaticAsset {
  contentType: string;
  /** Changes with the contents: for the address, so that a copy may be kept for ever. */
  version: string;
  plain: Buffer;
  gzipped: Buffer;
}

export async function createAsset(contentType: string, contents: Buffer | string): Promise<StaticAsset> {
  const plain = Buffer.from(contents);
  const version = hash('sha256', plain, 'base64url').slice(0, 16);
  return { contentType, version, plain, gzipped: await promisify(gzip)(plain, { level: 9 }) };
}

/** Answers GET or HEAD with an asset. */
export function sendAsset(req: Request, res: Response, asset: StaticAsset, cacheControl: string): undefined {
  const isGzipped = /\bgzip\b/i.test(req.headers['accept-encoding'] ?? '');
  const etag = `"${asset.version}${isGzipped ? '-gzip' : ''}"`;
  res.vary('Accept-Encoding');
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', cacheControl);
  if (isKnownTag(req.headers['if-none-match'], etag)) {
    res.status(304).end();
    return;
  }
  const body = isGzipped ? asset.gzipped : asset.plain;
  if (isGzipped) res.setHeader('Content-Encoding', 'gzip');
  res.setHeader('Content-Type', asset.contentType);
  res.setHeader('Content-Length', body.length);
  res.status(200).end(req.method === 'HEAD' ? undefined : body);
}
