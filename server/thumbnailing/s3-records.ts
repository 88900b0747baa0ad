import { z } from 'zod';

/** A notification of S3, or of a server that speaks like it, as far as it says anything here (AWS: "Event message structure"). */
export const s3RecordsSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      s3: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
    }),
  ),
});

export type S3Records = z.infer<typeof s3RecordsSchema>;

/** The keys of what was made in a bucket. */
export function createdIn({ Records }: S3Records, bucket: string): string[] {
  return Records.filter(({ eventName, s3 }) => {
    return /^(s3:)?ObjectCreated:/.test(eventName) && s3.bucket.name === bucket;
  }).map(({ s3 }) => decodeKey(s3.object.key));
}

/** Keys in S3's events are URL-encoded as in a form. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
