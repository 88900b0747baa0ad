import { timingSafeEqual } from 'node:crypto';
import {
  algorithm,
  amzDate,
  type BucketAddress,
  createSigner,
  type EncodedParameter,
  encodePath,
  encodeS3,
  joinParameters,
  maxExpiresInSeconds,
  type SigningCredentials,
  sortParameters,
} from './sigv4.ts';

export interface PresignedRequest {
  method: 'GET' | 'HEAD';
  address: BucketAddress;
  /** Decoded. */
  key: string;
  /** The raw query, without its question mark. */
  query: string;
  now: Date;
}

/** S3's own error codes and sentences ("Error responses"), so that clients of S3 understand them. */
export interface PresignFault {
  status: 400 | 403;
  code:
    | 'AccessDenied'
    | 'AuthorizationQueryParametersError'
    | 'InvalidAccessKeyId'
    | 'InvalidArgument'
    | 'SignatureDoesNotMatch';
  message: string;
}

export type PresignVerdict =
  | { ok: true; expiresAt: Date; contentDisposition: string | undefined }
  | { ok: false; fault: PresignFault };

const required = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'].map((n) => `X-Amz-${n}`);
const maxClockSkewMs = 15 * 60_000;

/**
 * Checks a presigned URL as S3 does: the form of its parameters, whether it runs, then the signature, in constant time.
 * A HEAD passes with a URL that was signed for GET (S3 refuses that): whoever may have the bytes may have their size.
 */
export function createPresignVerifier(deps: {
  region: string;
  credentials: SigningCredentials;
}): (request: PresignedRequest) => PresignVerdict {
  const signerAt = createSigner(deps.region);

  return function verify(request) {
    const parameters = parseQuery(request.query);
    if (!parameters) return refuse(400, 'InvalidArgument', 'The query cannot be read.');
    const values = new Map(parameters);
    if (!required.some((name) => values.has(name))) return refuse(403, 'AccessDenied', 'Access Denied');
    const fault = checkForm(values, parameters.length, deps);
    if (fault) return { ok: false, fault };

    const date = values.get('X-Amz-Date') ?? '';
    const signedAt = parseAmzDate(date)?.getTime() ?? Number.NaN;
    const expiresAt = new Date(signedAt + Number(values.get('X-Amz-Expires')) * 1000);
    if (signedAt > request.now.getTime() + maxClockSkewMs) {
      return refuse(403, 'AccessDenied', 'Request is not yet valid');
    }
    if (request.now >= expiresAt) return refuse(403, 'AccessDenied', 'Request has expired');

    const signed = sortParameters(
      parameters
        .filter(([name]) => name !== 'X-Amz-Signature')
        .map(([name, value]): EncodedParameter => [encodeS3(name), encodeS3(value)]),
    );
    const { secretAccessKey } = deps.credentials;
    const sign = signerAt({ host: request.address.host, amzDate: date, secretAccessKey });
    const path = `${request.address.path}/${encodePath(request.key)}`;
    const given = values.get('X-Amz-Signature') ?? '';
    const methods = request.method === 'HEAD' ? (['HEAD', 'GET'] as const) : (['GET'] as const);
    const good = methods.some((method) => equal(given, sign(method, path, joinParameters(signed))));
    if (!good) {
      const message =
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
      return refuse(403, 'SignatureDoesNotMatch', message);
    }
    return { ok: true, expiresAt, contentDisposition: values.get('response-content-disposition') };
  };
}

function checkForm(
  values: ReadonlyMap<string, string>,
  count: number,
  deps: { region: string; credentials: SigningCredentials },
): PresignFault | null {
  const malformed = (message: string): PresignFault => ({
    status: 400,
    code: 'AuthorizationQueryParametersError',
    message,
  });
  if (values.size !== count) return malformed('Query parameters may be given only once.');
  if (required.some((name) => !values.get(name))) {
    return malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (values.get('X-Amz-Algorithm') !== algorithm) return malformed(`X-Amz-Algorithm only supports "${algorithm}"`);
  if (!parseAmzDate(values.get('X-Amz-Date') ?? '')) {
    return malformed(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  const expires = values.get('X-Amz-Expires') ?? '';
  if (!/^-?\d{1,15}$/.test(expires)) return malformed('X-Amz-Expires should be a number');
  if (Number(expires) < 0) return malformed('X-Amz-Expires must be non-negative');
  if (Number(expires) > maxExpiresInSeconds) {
    return malformed(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxExpiresInSeconds} seconds`,
    );
  }
  if (values.get('X-Amz-SignedHeaders') !== 'host') return malformed('X-Amz-SignedHeaders must be "host"');
  return checkCredential(values, deps, malformed);
}

function checkCredential(
  values: ReadonlyMap<string, string>,
  deps: { region: string; credentials: SigningCredentials },
  malformed: (message: string) => PresignFault,
): PresignFault | null {
  const [accessKeyId, day, region, ...rest] = (values.get('X-Amz-Credential') ?? '').split('/');
  if (!accessKeyId || !day || !region || rest.join('/') !== 's3/aws4_request') {
    return malformed(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (region !== deps.region) {
    return malformed(
      `Error parsing the X-Amz-Credential parameter; the region '${region}' is wrong; expecting '${deps.region}'`,
    );
  }
  if (day !== values.get('X-Amz-Date')?.slice(0, 8)) {
    return malformed('Invalid credential date. This date is not the same as X-Amz-Date.');
  }
  if (!equal(accessKeyId, deps.credentials.accessKeyId)) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    return { status: 403, code: 'InvalidAccessKeyId', message };
  }
  return null;
}

/** Decoded pairs in their order; null when a percent sign does not stand for UTF-8. */
function parseQuery(query: string): [name: string, value: string][] | null {
  try {
    return query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
        return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
      });
  } catch {
    return null;
  }
}

function parseAmzDate(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) || amzDate(date) !== text ? null : date;
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(status: PresignFault['status'], code: PresignFault['code'], message: string): PresignVerdict {
  return { ok: false, fault: { status, code, message } };
}
