import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Account } from './account.ts';
import { PlainFault } from './plain-fault.ts';

/** Bucket names are one space for all of AWS; the account makes it ours, and 63 characters are enough for it. */
export function codeBucketName(stackName: string, { id, region }: Account): string {
  return `${stackName}-code-${id}-${region}`;
}

/**
 * The bucket that Lambda takes the function's zip from: private, encrypted, and of this account. Whatever of it is there
 * already is brought to that.
 */
export async function ensureCodeBucket(s3: S3Client, bucket: string, account: Account): Promise<void> {
  if (!(await hasBucket(s3, bucket, account))) {
    // S3's first region is the one that may not be named.
    const LocationConstraint =
      account.region === 'us-east-1' ? undefined : (account.region as BucketLocationConstraint);
    await s3.send(
      new CreateBucketCommand({
        Bucket: bucket,
        ...(LocationConstraint ? { CreateBucketConfiguration: { LocationConstraint } } : {}),
      }),
    );
  }
  const ours = { Bucket: bucket, ExpectedBucketOwner: account.id };
  await s3.send(
    new PutPublicAccessBlockCommand({
      ...ours,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await s3.send(
    new PutBucketEncryptionCommand({
      ...ours,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  );
}

export async function hasBucket(s3: S3Client, bucket: string, account: Account): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account.id }));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    if (statusOf(error) !== 403) throw error;
    throw new PlainFault(
      `The bucket ${bucket} is another account's, or these credentials may not look at it (s3:ListBucket). ` +
        'With another --stack its name is another.',
      { cause: error },
    );
  }
}

/** Once for each content: its key names the hash. */
export async function uploadCode(
  s3: S3Client,
  { bucket, key, zip, account }: { bucket: string; key: string; zip: Uint8Array; account: Account },
): Promise<void> {
  const at = { Bucket: bucket, Key: key, ExpectedBucketOwner: account.id };
  try {
    const { ContentLength } = await s3.send(new HeadObjectCommand(at));
    if (ContentLength === zip.length) return;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  await s3.send(new PutObjectCommand({ ...at, Body: zip, ContentType: 'application/zip' }));
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as Partial<S3ServiceException>).$metadata?.httpStatusCode : undefined;
}
