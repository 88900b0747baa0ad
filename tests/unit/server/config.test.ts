import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { awsSettings, loadConfig, readEnvironment, settingNames, unknownSettings } from '../../../server/config.ts';
import { projectRoot } from '../../../server/project-root.ts';

const secret = 'q8Zt4n1Lw0Xe7Rb2Vm5Kc9Yd3Hs6Jf8A';

function load(environment: Record<string, string> = {}) {
  return loadConfig({ environment, checkPassword: (password) => (password.length < 12 ? ['Use 12 characters.'] : []) });
}

function faultsOf(environment: Record<string, string>): string[] {
  try {
    load(environment);
  } catch (error) {
    const lines = (error as Error).message.split('\n');
    return lines.filter((line) => line.startsWith('  - ')).map((line) => line.slice(4));
  }
  return [];
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(load()).toMatchObject({
      port: 8000,
      host: '127.0.0.1',
      drainSeconds: 0,
      publicUrl: 'http://localhost:8000',
      dataDirectory: resolve('data'),
      admin: { username: 'admin', password: null },
      databaseUrl: null,
      s3: null,
      thumbnailFunction: { lambdaName: null },
      trustProxy: false,
      corsOrigins: [],
      metricsToken: null,
      logLevel: 'info',
      accessTokenMinutes: 15,
      refreshTokenDays: 14,
      refreshGraceSeconds: 10,
      maxPixels: 100_000_000,
      rateLimits: { requestsPerMinute: 300_000, uploadsPerMinute: 30_000, linksPerMinute: 60_000 },
      secrets: { jwt: { current: null, previous: null } },
    });
  });

  it('takes the public address from the port', () => {
    expect(load({ PORT: '9001' }).publicUrl).toBe('http://localhost:9001');
    expect(load({ PORT: '9001', PUBLIC_URL: 'https://photos.example/' }).publicUrl).toBe('https://photos.example');
  });

  it('is frozen through and through', () => {
    const config = load();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.secrets.jwt)).toBe(true);
  });

  it('treats empty and blank values as none', () => {
    const blank = Object.fromEntries([...settingNames(), ...awsSettings].map((name, at) => [name, ' '.repeat(at % 3)]));
    expect(load(blank)).toEqual(load());
  });

  it('tells every fault at once, each with the name of its setting', () => {
    const faults = faultsOf({
      PORT: '0',
      PUBLIC_URL: 'https://a.example/?x',
      JWT_SECRET: 'short',
      ADMIN_PASSWORD: 'hunter2',
      TRUST_PROXY: 'yes please',
      MAX_PIXELS: 'many',
      LOG_LEVEL: 'loud',
    });
    const names = ['PORT', 'PUBLIC_URL', 'TRUST_PROXY', 'LOG_LEVEL', 'MAX_PIXELS', 'JWT_SECRET', 'ADMIN_PASSWORD'];
    expect(faults.map((fault) => /^[A-Z_]+/.exec(fault)?.[0]).sort()).toEqual(names.sort());
  });

  it('repeats no secret', () => {
    const environment = {
      JWT_SECRET: 'hunter2-a',
      LINK_SECRET_PREVIOUS: 'hunter2-b',
      ADMIN_PASSWORD: 'hunter2-c',
      METRICS_TOKEN: 'hunter2-d',
      DATABASE_URL: 'mysql://u:hunter2-e@h/d',
      S3_ENDPOINT: 'https://u:hunter2-f@h',
      PUBLIC_URL: 'https://u:hunter2-g@h',
      RESULTS_QUEUE_URL: 'https://u:hunter2-h@h',
    };
    const faults = faultsOf(environment);
    expect(faults.length).toBeGreaterThanOrEqual(Object.keys(environment).length);
    expect(faults.join()).not.toContain('hunter2');
  });

  it.each([
    [{ S3_ORIGINALS_BUCKET: 'originals' }, 'S3_THUMBNAILS_BUCKET'],
    [{ S3_THUMBNAILS_BUCKET: 'thumbnails' }, 'S3_ORIGINALS_BUCKET'],
    [{ S3_ENDPOINT: 'http://localhost:7070' }, 'S3_ORIGINALS_BUCKET and S3_THUMBNAILS_BUCKET'],
    [{ S3_ORIGINALS_BUCKET: 'same', S3_THUMBNAILS_BUCKET: 'same' }, 'S3_THUMBNAILS_BUCKET'],
    [{ THUMBNAIL_FUNCTION: 'darkroom-thumbnails' }, 'THUMBNAIL_FUNCTION'],
    [{ RESULTS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/q' }, 'RESULTS_QUEUE_URL'],
  ])('refuses %j, which do not fit together', (environment: Record<string, string>, name) => {
    const faults = faultsOf(environment);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.startsWith(name)).toBe(true);
  });

  it('reads S3', () => {
    const buckets = { S3_ORIGINALS_BUCKET: 'originals', S3_THUMBNAILS_BUCKET: 'thumbnails' };
    expect(load({ ...buckets, AWS_REGION: 'eu-west-1' }).s3).toEqual({
      originalsBucket: 'originals',
      thumbnailsBucket: 'thumbnails',
      region: 'eu-west-1',
      endpoint: null,
      publicEndpoint: null,
      forcePathStyle: false,
      encryption: null,
      eventsToken: null,
    });
    expect(load({ ...buckets, S3_ENDPOINT: 'http://s3:9000' }).s3?.forcePathStyle).toBe(true);
    expect(load({ ...buckets, S3_ENDPOINT: 'http://s3:9000', S3_FORCE_PATH_STYLE: 'no' }).s3?.forcePathStyle).toBe(
      false,
    );
  });

  it('takes a token for the events of S3 that can stand in an address, and only with buckets', () => {
    const buckets = { S3_ORIGINALS_BUCKET: 'originals', S3_THUMBNAILS_BUCKET: 'thumbnails' };
    const token = '0123456789abcdef01234567';
    expect(load({ ...buckets, S3_EVENTS_TOKEN: token }).s3?.eventsToken).toBe(token);
    for (const weak of ['short', `${token}/+=`, 'a'.repeat(24)]) {
      expect(faultsOf({ ...buckets, S3_EVENTS_TOKEN: weak })).toEqual([expect.stringMatching(/^S3_EVENTS_TOKEN /)]);
    }
    expect(faultsOf({ S3_EVENTS_TOKEN: token })[0]).toContain('S3 needs both buckets');
  });

  it('takes what S3 is to encrypt with', () => {
    const encryption = (given: Record<string, string>) => {
      return load({ S3_ORIGINALS_BUCKET: 'originals', S3_THUMBNAILS_BUCKET: 'thumbnails', ...given }).s3?.encryption;
    };
    expect(encryption({ S3_ENCRYPTION: 'AES256' })).toEqual({ algorithm: 'AES256' });
    const kmsKeyId = 'arn:aws:kms:eu-central-1:123456789012:key/0b7e';
    expect(encryption({ S3_ENCRYPTION: 'aws:kms', S3_KMS_KEY_ID: kmsKeyId })).toEqual({
      algorithm: 'aws:kms',
      kmsKeyId,
    });
    const buckets = { S3_ORIGINALS_BUCKET: 'originals', S3_THUMBNAILS_BUCKET: 'thumbnails' };
    expect(faultsOf({ ...buckets, S3_ENCRYPTION: 'rot13' })).toEqual([expect.stringMatching(/^S3_ENCRYPTION must be/)]);
    expect(faultsOf({ ...buckets, S3_KMS_KEY_ID: kmsKeyId })).toEqual(['S3_KMS_KEY_ID needs S3_ENCRYPTION=aws:kms.']);
  });

  it('keeps the spaces of a password', () => {
    expect(load({ ADMIN_PASSWORD: '  twelve characters ' }).admin.password).toBe('  twelve characters ');
  });

  it('keeps a secret and the one before it', () => {
    const { link } = load({ LINK_SECRET: secret, LINK_SECRET_PREVIOUS: `${secret}-old` }).secrets;
    expect(link).toEqual({ current: secret, previous: `${secret}-old` });
  });
});

describe('.env.example', () => {
  const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');

  it('has a line for every setting, and for nothing else', () => {
    expect(Object.keys(parseEnv(example)).sort()).toEqual([...settingNames(), ...awsSettings].sort());
  });

  it('copied as it is, behaves as none', () => {
    expect(load({ ...(parseEnv(example) as Record<string, string>) })).toEqual(load());
  });

  it('names the true defaults', () => {
    const { port, maxPixels, accessTokenMinutes, refreshTokenDays, uploadTimeoutSeconds, databasePoolSize } = load();
    for (const value of [
      port,
      maxPixels,
      accessTokenMinutes,
      refreshTokenDays,
      uploadTimeoutSeconds,
      databasePoolSize,
    ]) {
      expect(example).toMatch(new RegExp(`Default: ${value}$`, 'm'));
    }
  });
});

describe('the environment', () => {
  it('wins over .env, and gives AWS its own settings', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-env-'));
    const file = join(folder, '.env');
    await writeFile(file, 'PORT=1111\nHOST=0.0.0.0\nAWS_PROFILE=from-file\nAWS_REGION=from-file\n');
    const before = { ...process.env };
    try {
      Object.assign(process.env, { PORT: '2222', HOST: '', AWS_REGION: 'from-environment', AWS_SESSION_TOKEN: '' });
      const environment = readEnvironment(file);
      expect(environment).toMatchObject({ PORT: '2222', HOST: '0.0.0.0', AWS_REGION: 'from-environment' });
      expect(process.env).toMatchObject({ AWS_PROFILE: 'from-file', AWS_REGION: 'from-environment' });
      expect(process.env).not.toHaveProperty('AWS_SESSION_TOKEN');
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      await rm(folder, { recursive: true });
    }
  });

  async function withEnvFile<T>(contents: string | Buffer, work: (file: string) => T): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-env-'));
    const file = join(folder, '.env');
    await writeFile(file, contents);
    try {
      return work(file);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('is read from a file that begins with a byte order mark', async () => {
    const contents = '\ufeffDATABASE_URL=postgres://localhost/photos\r\nPORT=1111\r\n';
    const environment = await withEnvFile(contents, readEnvironment);
    expect(environment).toMatchObject({ DATABASE_URL: 'postgres://localhost/photos', PORT: '1111' });
    expect(await withEnvFile(contents, unknownSettings)).toEqual([]);
  });

  it.each([
    ['with its mark', Buffer.from('\ufeffPORT=1111\n', 'utf16le')],
    ['without a mark', Buffer.from('PORT=1111\n', 'utf16le')],
    ['the other way round', Buffer.from('\ufeffPORT=1111\n', 'utf16le').swap16()],
  ])('is refused as UTF-16, %s', async (_name, contents) => {
    await expect(withEnvFile(contents, readEnvironment)).rejects.toThrow(/is in UTF-16\. Save it as UTF-8\.$/);
  });

  it('names what is not a setting, with the setting that may be meant', async () => {
    const contents =
      'DATABSE_URL=x\nS3_ORIGINAL_BUCKET=x\nport=1\nSMTP_SERVER_PASSWORD=x\nAWS_ENDPOINT_URL=x\nAWS_ACCES_KEY_ID=x\nBIND_ADDRESS=x\nPORT=1\nCOMPOSE_PROJECT_NAME=x\n';
    const sentences = await withEnvFile(contents, unknownSettings);
    expect(sentences.map((sentence) => sentence.replace(/^.* sets /, '')).sort()).toEqual([
      'AWS_ACCES_KEY_ID, which is not a setting of Darkroom. Did you mean AWS_ACCESS_KEY_ID?',
      'DATABSE_URL, which is not a setting of Darkroom. Did you mean DATABASE_URL?',
      'S3_ORIGINAL_BUCKET, which is not a setting of Darkroom. Did you mean S3_ORIGINALS_BUCKET?',
      'SMTP_SERVER_PASSWORD, which is not a setting of Darkroom. The nearest name is ADMIN_PASSWORD; .env.example lists them all.',
      'port, which is not a setting of Darkroom. Did you mean PORT?',
    ]);
    expect(sentences.join()).not.toContain('=x');
  });

  it('is itself when there is no .env', () => {
    expect(readEnvironment('/nowhere/.env').PATH).toBe(process.env.PATH);
  });
});
