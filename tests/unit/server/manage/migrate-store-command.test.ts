import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../../core/errors.ts';
import type { MigrateStore, MigrationFinding, MigrationReport } from '../../../../server/maintenance/migrate-store.ts';
import {
  type MigrateStoreCommandDeps,
  type MigrateStoreCommandOptions,
  runMigrateStore,
} from '../../../../server/manage/migrate-store-command.ts';

const s3 = {
  endpoint: 'https://s3.example.com',
  publicEndpoint: null,
  region: 'eu-central-1',
  originalsBucket: 'my-originals',
  thumbnailsBucket: 'my-thumbnails',
  forcePathStyle: true,
};
const whole: MigrationReport = {
  originals: { copied: 2, copiedBytes: 3e6, there: 1 },
  thumbnails: { copied: 1, copiedBytes: 5e5, there: 4 },
  findings: 0,
};

async function run(
  options: Partial<MigrateStoreCommandOptions>,
  migrate: MigrateStore = async () => whole,
  signal = new AbortController().signal,
) {
  const printed: string[] = [];
  const opened: string[] = [];
  const deps: MigrateStoreCommandDeps = {
    config: { s3: s3 as never, dataDirectory: '/srv/darkroom' },
    open: async (to) => {
      opened.push(to);
      return migrate;
    },
    bar: { show: () => {}, clear: () => {} },
    print: (line) => printed.push(line),
    signal,
  };
  const [answer, error] = await runMigrateStore(deps, { to: 's3', ...options }).then(
    (text) => [text, null],
    (thrown: Error) => ['', thrown.message],
  );
  return { answer, error, printed, opened };
}

describe('manage migrate-store', () => {
  it('says how to change over: what to set, and to run it once more before', async () => {
    const { answer } = await run({});
    expect(answer).toContain('Copied 2 originals and 1 thumbnail (3.5 MB). 5 were there already.');
    expect(answer).toMatch(/Stop the service[\s\S]*Run this command once more[\s\S]*S3_ORIGINALS_BUCKET=my-originals/);
    expect(answer).toContain('S3_ENDPOINT=https://s3.example.com');
    expect(answer).not.toMatch(/=null|S3_PUBLIC_ENDPOINT/);
  });

  it('says on the way back what to take away', async () => {
    const { answer, opened } = await run({ to: 'disk' });
    expect(opened).toEqual(['disk']);
    expect(answer).toMatch(/Take S3_ORIGINALS_BUCKET.*away; the folder is \/srv\/darkroom\/objects/);
  });

  it('says in a dry run what would be done, and nothing of a change', async () => {
    const { answer } = await run({ dryRun: true });
    expect(answer).toBe('2 originals and 1 thumbnail (3.5 MB) would be copied. 5 were there already.');
  });

  it('fails with a list when something differs', async () => {
    const findings: MigrationFinding[] = [
      { kind: 'missing', bucket: 'originals', imageId: 'one', what: 'its original', detail: '' },
      { kind: 'differs', bucket: 'thumbnails', imageId: 'two', what: 'its thumbnail 200 (same)', detail: '3 bytes' },
    ];
    const { error, printed } = await run({}, async ({ onFinding } = {}) => {
      for (const finding of findings) onFinding?.(finding);
      return { ...whole, findings: 2 };
    });
    expect(error).toMatch(/2 could not be copied.*check --fix/);
    expect(printed).toEqual([
      'missing  image one: its original is not in the store',
      'differs  image two: its thumbnail 200 (same) is not what was stored: 3 bytes',
    ]);
  });

  it('says that it can go on when a store fails or somebody stops it', async () => {
    const away = new AppError('unavailable', 'Not now.', { cause: new Error('connect ECONNREFUSED') });
    const failing: MigrateStore = () => Promise.reject(away);
    expect((await run({}, failing)).error).toMatch(/does not work \(connect ECONNREFUSED\).*where it stopped/);
    expect((await run({}, failing, AbortSignal.abort())).error).toMatch(/^Stopped\. Run it again/);
  });

  it('takes no third store', async () => {
    expect(await run({ to: 'tape' })).toMatchObject({ error: '--to takes s3 or disk.', opened: [] });
  });
});
