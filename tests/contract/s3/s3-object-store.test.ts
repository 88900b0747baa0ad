import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3ObjectStore } from '../../../core/storage/s3-object-store.ts';
import { s3Setting } from '../../support/s3-settings.ts';
import { objectStoreContract } from '../object-store.contract.ts';

objectStoreContract('S3', async () => {
  const client = {
    endpoint: s3Setting('ENDPOINT'),
    region: s3Setting('REGION'),
    credentials: { accessKeyId: s3Setting('ACCESS_KEY_ID'), secretAccessKey: s3Setting('SECRET_ACCESS_KEY') },
  };
  const buckets = { originals: s3Setting('ORIGINALS_BUCKET'), thumbnails: s3Setting('THUMBNAILS_BUCKET') };
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
