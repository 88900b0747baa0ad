import { PlainFault } from './plain-fault.ts';

const noCredentials = `There are no AWS credentials here. Sign in (aws sso login, or aws configure), then name the profile:
  AWS_PROFILE=NAME npm run aws:deploy
or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;

const noRegion = `No region is set. Say where the pictures are to be kept:
  npm run aws:deploy -- --region eu-central-1
or set AWS_REGION.`;

const refused = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const forbidden = new Set(['AccessDenied', 'AccessDeniedException', 'Forbidden', 'UnauthorizedOperation', '403']);
const unreachable = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|TimeoutError/;

/**
 * What AWS, or the way to it, said, as words that tell what to do next. A fault of our own comes back as it is.
 */
export function explainFault(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PlainFault) return error;
  const plain = (message: string) => new PlainFault(message, { cause: error });
  if (/Region is missing/i.test(error.message)) return plain(noRegion);
  if (error.name === 'CredentialsProviderError' || /Could not load credentials/i.test(error.message)) {
    return plain(`${noCredentials}\n(${error.message})`);
  }
  if (refused.has(error.name)) {
    return plain(`AWS does not accept these credentials (${error.message}). Sign in again; look at the clock, too.`);
  }
  if (forbidden.has(error.name)) {
    return plain(
      `These credentials may not do this: ${error.message}\nAsk whoever runs the AWS account for that right, or sign in ` +
        'as somebody who has it (config_files/aws/README.md lists the rights). It is safe to run this again then.',
    );
  }
  if (error.name === 'AlreadyExistsException' || /_IN_PROGRESS state/.test(error.message)) {
    return plain('Another run has begun to change this stack meanwhile. Run this again: it waits for the other one.');
  }
  if (error.name === 'LimitExceededException') {
    return plain(`The AWS account is at one of its limits: ${error.message}`);
  }
  if (unreachable.test(`${error.name} ${'code' in error ? error.code : ''} ${error.message}`)) {
    return plain(
      `AWS cannot be reached (${error.message || error.name}). Is the network up, and is the region's name right?`,
    );
  }
  return '$fault' in error ? plain(`AWS refuses this: ${error.message} (${error.name})`) : error;
}
