import type { Request, Response } from 'express';
import type { z } from 'zod';
import { type Image, idempotencyKeySchema, type onConflictSchema } from '../../core/contracts/image.ts';
import { invalidField } from '../../core/errors.ts';
import { toImageName } from '../../core/image-name.ts';
import { onceGone } from '../http/once-gone.ts';
import { waitSecondsOf } from '../http/prefer.ts';
import { readUploadBody } from '../http/upload-body.ts';
import { defaultSenderLimits, type SenderLimits } from '../http/watch-body.ts';
import type { Actor } from '../kernel/actor.ts';
import { fingerprintOf } from './upload/idempotency.ts';
import type { AlsoWrite } from './upload/keep-upload.ts';
import type { UploadImage } from './upload-image.ts';
import type { WatchSettling } from './watch-settling.ts';

export interface ReceiveUploadDeps {
  uploadImage: UploadImage;
  watchSettling: WatchSettling;
  getImage: (actor: Actor, imageId: string) => Promise<Image>;
  sender?: SenderLimits;
}

export interface UploadRequest {
  /** Of the operation: part of what an Idempotency-Key is bound to. */
  path: string;
  query: Record<string, unknown> & { on_conflict: z.output<typeof onConflictSchema> };
  alsoWrite?: AlsoWrite;
}

export interface ReceivedUpload {
  image: Image;
  /** It came of an earlier request with the same Idempotency-Key. */
  replayed: boolean;
  /** As `Prefer` asked for, at most 30; 0 when it did not. */
  waitedSeconds: number;
}

/** Takes an upload from a request as REST and tRPC have it: body, name, digest, key and preference. */
export function receiveUploadOf({ uploadImage, watchSettling, getImage, sender }: ReceiveUploadDeps) {
  return async (req: Request, res: Response, actor: Actor, request: UploadRequest): Promise<ReceivedUpload> => {
    const { path, query, alsoWrite } = request;
    const key = idempotencyKeyOf(req);
    const waitedSeconds = waitSecondsOf(req.headers.prefer?.toString());
    const gone = onceGone(res);
    const body = await readUploadBody(req, {
      maxBytes: actor.tier.maxUploadBytes,
      sender: sender ?? defaultSenderLimits,
      toName: toImageName,
    });
    const settling = waitedSeconds > 0 ? watchSettling(actor.accountId) : null;
    try {
      const { contents, name, contentLength, maxContentLength } = body;
      const { image, replayed } = await uploadImage(actor, {
        body: contents,
        name,
        contentLength,
        maxContentLength,
        onConflict: query.on_conflict,
        signal: gone,
        alsoWrite,
        ...(key && {
          idempotency: { key, method: 'POST', path, fingerprint: fingerprintOf({ name, query: given(query) }) },
        }),
      });
      if (!settling || image.status !== 'processing') return { image, replayed, waitedSeconds };
      await settling.wait(image.id, { milliseconds: waitedSeconds * 1_000, signal: gone });
      // Deleted meanwhile: it was uploaded all the same.
      return { image: await getImage(actor, image.id).catch(() => image), replayed, waitedSeconds };
    } finally {
      settling?.end();
      body.release();
    }
  };
}

export type ReceiveUpload = ReturnType<typeof receiveUploadOf>;

function idempotencyKeyOf(req: Request): string | undefined {
  const [key, ...others] = req.headersDistinct['idempotency-key'] ?? [];
  if (key === undefined) return undefined;
  if (others.length === 0 && idempotencyKeySchema.safeParse(key).success) return key;
  throw invalidField('Idempotency-Key', 'has to be one key of 1 to 255 visible ASCII characters');
}

function given(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
