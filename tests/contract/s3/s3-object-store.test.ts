import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3ObjectStore } from '../../../core/storage/s3-object-store.ts';
import { objectStoreContract } from '../object-store.contract.ts';

/** `tools/with-versitygw.sh` starts a server and sets these; any other S3 server does as well. */
function setting(name: string): string {
  const value = process.env[`S3_TEST_${name}`];
  if (!value) throw new Error(`S3_TEST_${name} is not set: run this with tools/with-versitygw.sh`);
  return value;
}

objectStoreContract('S3', async () => {
  const client = {
    endpoint: setting('ENDPOINT'),
    region: setting('REGION'),
    credentials: { accessKeyId: setting('ACCESS_KEY_ID'), secretAccessKey: setting('SECRET_ACCESS_KEY') },
  };
  const buckets = { originals: setting('ORIGINALS_BUCKET'), thumbnails: setting('THUMBNAILS_BUCKET') };
  const sdk = new S3Client({ ...client, forcePathStyle: true });
  return {
    store: createS3ObjectStore({ client, buckets, forcePathStyle: true }),
    fetch,
    // VersityGW does; S3 does not.
    refusesUnderContention: true,
    async leftovers() {
      const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand({ Bucket: buckets.originals }));
      return Uploads.map(({ Key }) => Key ?? '');
    },
    async end() {
      sdk.destroy();
    },
  };
});
