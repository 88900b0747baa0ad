import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import { reprocessImagesOf } from '../../../server/images/reprocess-images.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import type { CheckReport, Finding } from '../../../server/maintenance/check.ts';
import { runCheck } from '../../../server/manage/check-command.ts';
import { createProgressBar } from '../../../server/manage/progress-bar.ts';
import { runReprocess } from '../../../server/manage/reprocess-command.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const bar = { show: () => {}, clear: () => {} };
const { signal } = new AbortController();

describe('manage reprocess', () => {
  let world: ThumbnailingWorld;
  let jobs: ReturnType<typeof createJobs>;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    jobs = createJobs({ ...world, handlers: [] });
  });
  afterAll(() => world.close());

  const run = (options: Parameters<typeof runReprocess>[1], more: Partial<Parameters<typeof runReprocess>[0]> = {}) =>
    runReprocess(
      {
        models: world.models,
        reprocess: reprocessImagesOf({ ...world, jobs, recordAudit: recordAuditOf(world.models) }),
        jobs,
        startWorker: async () => {},
        bar,
        signal,
        patienceMilliseconds: 0,
        ...more,
      },
      options,
    );
  /** Ends the job as a worker would. */
  const ending = (fields: Record<string, unknown>) => ({
    startWorker: async () => {
      await world.models.Job.update({ ...fields, startedAt: new Date(), finishedAt: new Date() }, { where: {} });
    },
  });

  it.each([
    [{ owner: 'nobody' }, 'There is no account named nobody.'],
    [{ tier: 'Gold' }, 'There is no tier named Gold.'],
    [{ failed: true, owner: 'ann' }, 'do not go together'],
  ])('says what is wrong with %j, before it asks for any work', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
    expect(await world.models.Job.count()).toBe(0);
  });

  it.each([
    ['everything is made', { state: 'done', progressDone: 3, progressTotal: 3 }, 'Done: 3 images.'],
    ['nothing was missing', { state: 'done', progressDone: 0, progressTotal: 0 }, 'Nothing is missing.'],
  ])('is done when %s', async (_, fields, answer) => {
    expect(await run({}, ending(fields))).toBe(answer);
  });

  it.each([
    ['some are not made', { state: 'done', progressDone: 1, progressTotal: 3 }, '1 of 3 images are done.'],
    ['the job failed', { state: 'failed', failure: 'no way' }, 'The job failed: no way'],
    ['the job was cancelled', { state: 'cancelled' }, 'cancelled'],
  ])('is not done when %s', async (_, fields, message) => {
    await expect(run({}, ending(fields))).rejects.toThrow(message);
  });

  it('stops looking when it is told to, and the job goes on', async () => {
    await world.models.Job.destroy({ where: {} });
    await expect(run({ force: true }, { signal: AbortSignal.timeout(50) })).rejects.toThrow('The job goes on');
    expect(await world.models.Job.findOne()).toMatchObject({ state: 'queued', payload: { force: true } });
  });
});

describe('manage check', () => {
  const none: CheckReport['found'] = {
    original_missing: 0,
    thumbnail_missing: 0,
    thumbnail_changed: 0,
    bytes_changed: 0,
    original_unknown: 0,
    thumbnails_unknown: 0,
    object_unknown: 0,
  };
  const clean = { found: none, adopted: 0, fixed: 0, deleted: 0, left: 0 };
  function run(options: Parameters<typeof runCheck>[1], report: CheckReport = clean, findings: Finding[] = []) {
    const lines: string[] = [];
    const asked: unknown[] = [];
    const answer = runCheck(
      {
        check: async ({ hashes, fix, deleteOrphans, onFinding } = {}) => {
          asked.push({ hashes, fix, deleteOrphans });
          for (const finding of findings) onFinding?.(finding);
          return report;
        },
        bar,
        print: (line) => lines.push(line),
        signal,
      },
      options,
    );
    return { answer, lines, asked };
  }

  it('is content when database and store agree', async () => {
    expect(await run({}).answer).toBe('Database and store agree.');
  });

  it.each([
    ['12', 12],
    ['all', 'all'],
    ['none', 0],
  ])('reads --hashes %s', async (text, hashes) => {
    const { answer, asked } = run({ hashes: text, fix: true });
    await answer;
    expect(asked).toEqual([{ hashes, fix: true, deleteOrphans: undefined }]);
  });

  it.each(['some', '-1', '1.5', ''])('refuses --hashes %j', async (hashes) => {
    await expect(run({ hashes }).answer).rejects.toThrow('--hashes takes a number, all or none.');
  });

  it('tells each finding, and what to do about what is left', async () => {
    const found = { ...none, original_unknown: 1 };
    const finding: Finding = { kind: 'original_unknown', key: 'a/b', bytes: 1, outcome: 'left', detail: '' };
    const { answer, lines } = run({}, { ...clean, found, left: 1 }, [finding]);
    await expect(answer).rejects.toThrow('Found 1: 1 left. --fix brings back what can be brought back.');
    expect(lines).toEqual(['left       original a/b, which no image has']);
    const orphan = run({ fix: true }, { ...clean, found, left: 1 });
    await expect(orphan.answer).rejects.toThrow('--delete-orphans deletes what no image has, for good.');
  });

  it('is done when everything found was mended', async () => {
    const found = { ...none, original_unknown: 2, thumbnail_missing: 1 };
    expect(await run({ fix: true }, { ...clean, found, adopted: 2, fixed: 1 }).answer).toBe(
      'Found 3: 2 adopted, 1 fixed.',
    );
  });
});

describe('the progress bar', () => {
  function write(isTTY: boolean) {
    const written: string[] = [];
    return { written, bar: createProgressBar({ isTTY, write: (text: string) => written.push(text) } as never) };
  }

  it('draws over itself in a terminal', () => {
    const { written, bar: drawn } = write(true);
    drawn.show('Making', 5, 10);
    drawn.clear();
    expect(written).toEqual([`\r\x1b[KMaking ${'█'.repeat(15)}${'░'.repeat(15)} 5 of 10`, '\r\x1b[K']);
  });

  it('writes a line for each tenth elsewhere', () => {
    const { written, bar: drawn } = write(false);
    for (const done of [0, 1, 2, 3]) drawn.show('Making', done, 20);
    drawn.clear();
    expect(written).toEqual(['Making: 0 %\n', 'Making: 10 %\n']);
  });
});
