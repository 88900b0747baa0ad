import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { closestMatch } from 'leven';
import { maxRatePerWindow } from '../core/contracts/tier.ts';
import { normalizeUsername } from '../core/contracts/user.ts';
import {
  functionName,
  hostName,
  httpUrl,
  oneOf,
  origins,
  type Parser,
  postgresUrl,
  SettingFault,
  secretText,
  type TrustProxy,
  trustProxy,
  wholeNumber,
  yesOrNo,
} from './config/parsers.ts';
import { readS3, type S3Config } from './config/read-s3.ts';
import { createSettingReader, type Environment, type SettingReader } from './config/setting-reader.ts';
import { StartupError } from './process/startup-error.ts';

export type { S3Config } from './config/read-s3.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A secret as it was given; what is null is made and kept in the data folder. */
export interface GivenSecret {
  current: string | null;
  /** Still accepted, so that a change of the secret ends nothing that was signed with it. */
  previous: string | null;
}

export interface Config {
  port: number;
  host: string;
  /** Processes that answer requests. 1: this one does, and there is no other. */
  workers: number;
  /** How long requests are still taken after the signal to stop, while `/readyz` says no. */
  drainSeconds: number;
  /** Without a slash at the end; every URL that leaves begins with it. */
  publicUrl: string;
  /** Absolute. */
  dataDirectory: string;
  admin: { username: string; password: string | null };
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** Of all processes of this server together. */
  databasePoolSize: number;
  /** False for a connection pooler that cannot keep prepared statements. */
  databasePreparedStatements: boolean;
  /** Null: a folder in `dataDirectory`. */
  s3: S3Config | null;
  thumbnailFunction: {
    /** The name or ARN of an AWS Lambda function; null: child processes of this server. */
    lambdaName: string | null;
    /** Of the local one: how many at once, and the limits of each; null: what the machine has room for. */
    concurrency: number | null;
    memoryMegabytes: number | null;
    timeoutSeconds: number;
  };
  resultsQueueUrl: string | null;
  trustProxy: TrustProxy;
  corsOrigins: readonly string[];
  metricsToken: string | null;
  logLevel: (typeof logLevels)[number];
  accessTokenMinutes: number;
  refreshTokenDays: number;
  /** How long a used refresh token gives the same pair again; 0: never. */
  refreshGraceSeconds: number;
  /** How long entries of the log are kept; 0: for good. */
  auditRetentionDays: number;
  maxPixels: number;
  /** For one whole upload, from its first byte to its last. */
  uploadTimeoutSeconds: number;
  /** Requests per minute and account (per address without one); null: no limit. */
  rateLimits: { requestsPerMinute: number | null; uploadsPerMinute: number | null; linksPerMinute: number | null };
  secrets: { jwt: GivenSecret; link: GivenSecret; session: GivenSecret };
}

export interface LoadConfigDeps {
  environment: Environment;
  /** What is wrong with a password (server/accounts/password-rules.ts); an empty list when nothing is. */
  checkPassword(password: string, username: string): string[];
}

/** What AWS's own chain reads; named here for `.env.example`. */
export const awsSettings = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
] as const;

const leastSecretCharacters = 32;
const defaultWorkers = 1;

function defaultPoolSize(workers: number): number {
  return workers === 1 ? 10 : 4 + 6 * workers;
}

/** One frozen object, or a StartupError that lists every fault with the name of its setting and none of its secrets. */
export function loadConfig({ environment, checkPassword }: LoadConfigDeps): Config {
  const reader = createSettingReader(environment);
  const config = readConfig(reader, environment);
  const { username, password } = config.admin;
  if (password !== null) {
    for (const fault of checkPassword(password, username)) reader.fault(`ADMIN_PASSWORD: ${fault}`);
  }
  if (reader.faults.length > 0) {
    const list = reader.faults.map((fault) => `  - ${fault}`).join('\n');
    throw new StartupError(
      `Darkroom cannot start: ${reader.faults.length === 1 ? 'a setting is' : 'some settings are'} not right.\n${list}\n.env.example tells what each setting is.`,
    );
  }
  return deepFreeze(config);
}

/** The names of all settings, for the test that `.env.example` has them. */
export function settingNames(): string[] {
  const reader = createSettingReader({});
  readConfig(reader, {});
  return [...reader.names];
}

function readConfig(reader: SettingReader, environment: Environment): Config {
  const { read } = reader;
  const port = read('PORT', wholeNumber(1, 65_535), 8000);
  const workers = read('WORKERS', wholeNumber(1, 64), defaultWorkers);
  const databaseUrl = read('DATABASE_URL', postgresUrl, null);
  const s3 = readS3(reader, environment);
  const functionOrLocal = read('THUMBNAIL_FUNCTION', functionName, 'local');
  const lambdaName = functionOrLocal === 'local' ? null : functionOrLocal;
  const resultsQueueUrl = read('RESULTS_QUEUE_URL', httpUrl, null);
  if (s3 === null && lambdaName !== null) {
    reader.fault(
      'THUMBNAIL_FUNCTION names an AWS Lambda function, which cannot read a folder: set S3_ORIGINALS_BUCKET and S3_THUMBNAILS_BUCKET, or leave it "local".',
    );
  }
  if (s3 === null && resultsQueueUrl !== null) {
    reader.fault(
      'RESULTS_QUEUE_URL brings events of an S3 bucket: set S3_ORIGINALS_BUCKET and S3_THUMBNAILS_BUCKET too.',
    );
  }
  const secret = (name: string): GivenSecret => ({
    current: read(name, secretText(leastSecretCharacters), null),
    previous: read(`${name}_PREVIOUS`, secretText(leastSecretCharacters), null),
  });
  const perMinute = wholeNumber(0, maxRatePerWindow);

  return {
    port,
    host: read('HOST', hostName, '127.0.0.1'),
    workers,
    // Balancers in front of several servers take some seconds to see that one leaves.
    drainSeconds: read('DRAIN_SECONDS', wholeNumber(0, 600), databaseUrl === null ? 0 : 10),
    publicUrl: read('PUBLIC_URL', httpUrl, `http://localhost:${port}`),
    dataDirectory: resolve(read('DATA_DIR', anyText, './data')),
    admin: { username: read('ADMIN_USERNAME', username, 'admin'), password: readPassword(reader, environment) },
    databaseUrl,
    databasePoolSize: read('DATABASE_POOL_SIZE', wholeNumber(2, 500), defaultPoolSize(workers)),
    databasePreparedStatements: read('DATABASE_PREPARED_STATEMENTS', yesOrNo, true),
    s3,
    thumbnailFunction: {
      lambdaName,
      concurrency: read('FUNCTION_CONCURRENCY', wholeNumber(1, 64), null),
      memoryMegabytes: read('FUNCTION_MEMORY_MB', wholeNumber(256, 65_536), null),
      timeoutSeconds: read('FUNCTION_TIMEOUT_SECONDS', wholeNumber(1, 900), 60),
    },
    resultsQueueUrl,
    trustProxy: read('TRUST_PROXY', trustProxy, false),
    corsOrigins: read('CORS_ORIGINS', origins, []),
    metricsToken: read('METRICS_TOKEN', secretText(16), null),
    logLevel: read('LOG_LEVEL', oneOf(logLevels), 'info'),
    accessTokenMinutes: read('ACCESS_TOKEN_MINUTES', wholeNumber(1, 1440), 15),
    refreshTokenDays: read('REFRESH_TOKEN_DAYS', wholeNumber(1, 365), 14),
    refreshGraceSeconds: read('REFRESH_GRACE_SECONDS', wholeNumber(0, 300), 10),
    auditRetentionDays: read('AUDIT_RETENTION_DAYS', wholeNumber(0, 36_500), 400),
    maxPixels: read('MAX_PIXELS', wholeNumber(1, 1_000_000_000), 100_000_000),
    uploadTimeoutSeconds: read('UPLOAD_TIMEOUT_SECONDS', wholeNumber(1, 86_400), 3600),
    rateLimits: {
      requestsPerMinute: read('RATE_LIMIT_REQUESTS', perMinute, 300_000) || null,
      uploadsPerMinute: read('RATE_LIMIT_UPLOADS', perMinute, 30_000) || null,
      linksPerMinute: read('RATE_LIMIT_LINKS', perMinute, 60_000) || null,
    },
    secrets: { jwt: secret('JWT_SECRET'), link: secret('LINK_SECRET'), session: secret('SESSION_SECRET') },
  };
}

/** As it was typed: spaces belong to a password. */
function readPassword(reader: SettingReader, environment: Environment): string | null {
  return reader.read('ADMIN_PASSWORD', () => environment.ADMIN_PASSWORD ?? null, null);
}

const anyText: Parser<string> = (text) => text;

const username: Parser<string> = (text) => {
  const name = normalizeUsername(text);
  if (name === null) throw new SettingFault('must be 1 to 150 letters, digits and @ . + - _');
  return name;
};

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}

/**
 * The environment of this process over a `.env` of the current folder, if there is one. What AWS's own chain reads is
 * put where it looks for it: an AWS_* of `.env` into this process's environment, and an empty one out of it.
 */
export function readEnvironment(file = resolve('.env')): Environment {
  const fromFile = readEnvFile(file);
  const environment: Record<string, string | undefined> = { ...fromFile };
  for (const [name, value] of Object.entries(process.env)) {
    if (value?.trim()) environment[name] = value;
  }
  for (const name of new Set([...Object.keys(fromFile), ...Object.keys(process.env)])) {
    if (!name.startsWith('AWS_')) continue;
    const value = environment[name]?.trim();
    if (value) process.env[name] = value;
    else delete process.env[name];
  }
  // The SDK's note on Node versions is for its developers (its documented switch).
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return environment;
}

/** A sentence for each name in the file that means nothing here: a name with a typing error would be ignored silently. */
export function unknownSettings(file = resolve('.env')): string[] {
  const known = [...settingNames(), ...awsSettings, ...settingsOfCompose];
  return Object.keys(readEnvFile(file)).flatMap((name) => {
    if (known.includes(name)) return [];
    const near = closestMatch(name.toUpperCase(), known, {
      maxDistance: namesOfOthers.test(name) ? maxSlipsInNamesOfOthers : maxSlips,
    });
    if (near === undefined && namesOfOthers.test(name)) return [];
    const hint =
      near === undefined ? `The nearest name is ${closestMatch(name.toUpperCase(), known)}` : `Did you mean ${near}?`;
    const rest = near === undefined ? '; .env.example lists them all.' : '';
    return [`${file} sets ${name}, which is not a setting of Darkroom. ${hint}${rest}`];
  });
}

/** Of docker-compose.yml, which reads the same file. */
const settingsOfCompose = ['BIND_ADDRESS', 'NODE_IMAGE', 'POSTGRES_IMAGE', 'VERSITYGW_IMAGE'];
const namesOfOthers = /^(AWS|COMPOSE|DOCKER|NODE|OTEL|PG)_|^(NO_COLOR|TZ|LANG|LC_ALL)$/;
const maxSlips = 4;
/** `AWS_ACCES_KEY_ID` is a typing error; `AWS_ENDPOINT_URL` is for AWS's own libraries. */
const maxSlipsInNamesOfOthers = 2;

function readEnvFile(file: string): Record<string, string | undefined> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new StartupError(`${file} cannot be read: ${(error as Error).message}`);
  }
  // As Notepad and PowerShell write it. With the mark of UTF-8 the first name would be another one.
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)) || bytes.includes(0)) {
    throw new StartupError(`${file} is in UTF-16. Save it as UTF-8.`);
  }
  return { ...parseEnv(bytes.toString('utf8').replace(/^\ufeff/, '')) };
}
