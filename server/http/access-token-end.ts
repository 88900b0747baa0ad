import type { Request } from 'express';

/** When the access token of a request ends, in milliseconds since 1970. It was checked before; here it is only read. */
export function accessTokenEnd(req: Request): number {
  const payload = req.get('authorization')?.split('.')[1] ?? '';
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
  return Number(exp) * 1000;
}
