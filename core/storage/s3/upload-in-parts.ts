import type { Part } from './parts-of.ts';

/** A multipart upload that has begun. */
export interface MultipartUpload<Uploaded, Result> {
  /** Numbers start at 1. */
  part(number: number, bytes: Buffer): Promise<Uploaded>;
  complete(uploaded: Uploaded[]): Promise<Result>;
  abort(): Promise<void>;
}

/**
 * Uploads one part while the next one fills. When anything fails, the upload is aborted before this rejects with what
 * failed, so that no parts stay behind; the SDK's own `Upload` neither stops its requests nor waits for that.
 */
export async function uploadInParts<Uploaded, Result>(
  first: Part,
  more: AsyncIterator<Part>,
  begin: () => Promise<MultipartUpload<Uploaded, Result>>,
): Promise<Result> {
  const upload = await begin();
  let running: Promise<Uploaded> | undefined;
  try {
    const uploaded: Uploaded[] = [];
    for (let part: Part | null = first, number = 1; part; number++) {
      running = upload.part(number, part.bytes);
      running.catch(() => {});
      part = part.isLast ? null : await nextPart(more, running);
      uploaded.push(await running);
    }
    return await upload.complete(uploaded);
  } catch (error) {
    await running?.catch(() => {});
    await upload.abort().catch(() => {});
    throw error;
  }
}

/** The next part, or the failure of the one that is on its way, whichever is first. */
async function nextPart(more: AsyncIterator<Part>, running: Promise<unknown>): Promise<Part | null> {
  const next = more.next();
  next.catch(() => {});
  const failed = running.then(() => next);
  const { value, done } = await Promise.race([next, failed]);
  return done ? null : value;
}
