import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Account } from './account.ts';

/**
 * The buckets of pictures and of access logs of every stack of this name, also of one that is gone: they stay, and their names say whose they
 * were (the template: stack, role, account, beginning of the stack's id).
 */
export async function retainedBuckets(s3: S3Client, stackName: string, account: Account): Promise<string[]> {
  const ours = new RegExp(`^${stackName}-(originals|thumbnails|logs)-${account.id}-[0-9a-f]{8}$`);
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListBucketsCommand({ Prefix: `${stackName}-`, BucketRegion: account.region, ContinuationToken: token }),
    );
    found.push(...(page.Buckets ?? []).map(({ Name = '' }) => Name).filter((name) => ours.test(name)));
    token = page.ContinuationToken;
  } while (token);
  return found.sort();
}
