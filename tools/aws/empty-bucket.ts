import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PlainFault } from './plain-fault.ts';

export interface Contents {
  /** Of objects; delete markers are none. */
  versions: number;
  /** Whether there are more than one page of them. */
  isMore: boolean;
}

/** A first page is enough to tell a person how much is at stake. */
export async function countVersions(s3: S3Client, bucket: string): Promise<Contents> {
  const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  return { versions: page.Versions?.length ?? 0, isMore: page.IsTruncated === true };
}

/** Deletes every version of every object, unfinished uploads, and the bucket. Resolves with the number of versions. */
export async function deleteBucket(s3: S3Client, bucket: string, say: (text: string) => void): Promise<number> {
  let deleted = 0;
  // From the start each time: what is listed goes.
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) break;
    await deleteVersions(
      s3,
      bucket,
      found.map(({ Key, VersionId }) => ({ Key, VersionId })),
    );
    deleted += page.Versions?.length ?? 0;
    if (page.IsTruncated) say(`  ${bucket}: ${deleted} versions deleted`);
  }
  await abortUploads(s3, bucket);
  try {
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'BucketNotEmpty') throw error;
    throw new PlainFault(`Something still writes to ${bucket}. Stop every server that uses it, then run this again.`, {
      cause: error,
    });
  }
  return deleted;
}

async function deleteVersions(s3: S3Client, bucket: string, versions: ObjectIdentifier[]): Promise<void> {
  const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: versions, Quiet: true } });
  const { Errors = [] } = await s3.send(command);
  const first = Errors[0];
  if (first) throw new PlainFault(`${bucket}: ${Errors.length} objects could not be deleted: ${first.Message}`);
}

async function abortUploads(s3: S3Client, bucket: string): Promise<void> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  for (const { Key, UploadId } of Uploads) {
    await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  }
  if (Uploads.length === 1000) await abortUploads(s3, bucket);
}
