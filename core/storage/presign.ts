import {
  algorithm,
  amzDate,
  type BucketAddress,
  createSigner,
  credentialScope,
  encodePath,
  encodeS3,
  maxExpiresInSeconds,
  type SigningCredentials,
  type SignRequest,
} from './sigv4.ts';

export interface PresignRequest {
  address: BucketAddress;
  key: string;
  credentials: SigningCredentials;
  signedAt: Date;
  /** Whole seconds, 1 to 604800. */
  expiresInSeconds: number;
  /** What the store must answer as Content-Disposition. */
  contentDisposition?: string;
}

/** What all URLs of one bucket share that are signed at one moment for the same time. */
interface SharedParts {
  credentials: SigningCredentials;
  signedAtMs: number;
  expiresInSeconds: number;
  /** The parameters that sort before the signature, and those right behind it. */
  before: string;
  after: string;
  sign: SignRequest;
}

/**
 * Signs URLs that anybody may GET: the same string, byte for byte, as `getSignedUrl` of the AWS SDK, some seventy
 * times faster and without a promise, because a list of images needs thousands.
 *
 * It signs the single URL of an expiring link as well: one signer, so that the end of the credentials and the public
 * address are seen to in one place. `@aws-sdk/s3-request-presigner` is what the tests hold it equal to.
 */
export function createPresigner({ region }: { region: string }): (request: PresignRequest) => string {
  const signerAt = createSigner(region);
  const latest = new WeakMap<BucketAddress, SharedParts>();

  function sharedPartsOf({ address, credentials, signedAt, expiresInSeconds }: PresignRequest): SharedParts {
    const known = latest.get(address);
    const signedAtMs = signedAt.getTime();
    if (
      known?.signedAtMs === signedAtMs &&
      known.expiresInSeconds === expiresInSeconds &&
      isSame(known.credentials, credentials)
    ) {
      return known;
    }
    if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > maxExpiresInSeconds) {
      throw new RangeError(`A presigned URL lasts 1 to ${maxExpiresInSeconds} whole seconds, not ${expiresInSeconds}`);
    }
    const date = amzDate(signedAt);
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const parameters = [
      `X-Amz-Algorithm=${algorithm}`,
      'X-Amz-Content-Sha256=UNSIGNED-PAYLOAD',
      `X-Amz-Credential=${encodeS3(`${accessKeyId}/${credentialScope(date.slice(0, 8), region)}`)}`,
      `X-Amz-Date=${date}`,
      `X-Amz-Expires=${expiresInSeconds}`,
      ...(sessionToken ? [`X-Amz-Security-Token=${encodeS3(sessionToken)}`] : []),
    ];
    const parts: SharedParts = {
      credentials: { ...credentials },
      signedAtMs,
      expiresInSeconds,
      before: parameters.join('&'),
      after: '&X-Amz-SignedHeaders=host',
      sign: signerAt({ host: address.host, amzDate: date, secretAccessKey }),
    };
    latest.set(address, parts);
    return parts;
  }

  return function presign(request) {
    const { address, key, contentDisposition } = request;
    const { before, after, sign } = sharedPartsOf(request);
    const path = `${address.path}/${encodePath(key)}`;
    const end =
      contentDisposition === undefined
        ? `${after}&x-id=GetObject`
        : `${after}&response-content-disposition=${encodeS3(contentDisposition)}&x-id=GetObject`;
    return `${address.origin}${path}?${before}&X-Amz-Signature=${sign('GET', path, before + end)}${end}`;
  };
}

function isSame(a: SigningCredentials, b: SigningCredentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId && a.secretAccessKey === b.secretAccessKey && a.sessionToken === b.sessionToken
  );
}
