import type { Check, CheckReport, Finding } from '../maintenance/check.ts';
import { StartupError } from '../process/startup-error.ts';
import type { ProgressBar } from './progress-bar.ts';

export interface CheckCommandOptions {
  fix?: boolean;
  deleteOrphans?: boolean;
  /** A number, `all` or `none`. */
  hashes?: string;
}

export interface CheckCommandDeps {
  check: Check;
  bar: ProgressBar;
  /** One finding a line. */
  print(line: string): void;
  signal: AbortSignal;
}

/** Prints what is wrong and what was done about it. A StartupError (exit code 1) when something is still wrong. */
export async function runCheck(
  { check, bar, print, signal }: CheckCommandDeps,
  options: CheckCommandOptions,
): Promise<string> {
  const report = await check({
    fix: options.fix,
    deleteOrphans: options.deleteOrphans,
    hashes: parseHashes(options.hashes),
    signal,
    onFinding: (finding) => {
      bar.clear();
      print(inWords(finding));
    },
    onProgress: ({ phase, done, total }) => {
      if (done % 50 === 0 || done === total) bar.show(`Checking ${phase}`, done, total);
    },
  });
  bar.clear();
  const summary = summarize(report);
  if (report.left > 0) throw new StartupError(`${summary} ${advice(report, options)}`.trim());
  return summary;
}

function parseHashes(text = '100'): number | 'all' {
  if (text === 'all') return 'all';
  if (text === 'none') return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new StartupError('--hashes takes a number, all or none.');
}

function inWords(finding: Finding): string {
  switch (finding.kind) {
    case 'original_missing':
      return `missing    image ${finding.imageId} (${finding.name}): its original is not in the store`;
    case 'thumbnail_missing':
      return `${finding.fixed ? 'fixed  ' : 'missing'}    image ${finding.imageId}: its thumbnail ${finding.tierHeight} (${finding.format})`;
    case 'thumbnail_changed':
      return `${finding.fixed ? 'fixed  ' : 'changed'}    image ${finding.imageId}: its thumbnail ${finding.tierHeight} (${finding.format}) is ${finding.detail}`;
    case 'bytes_changed':
      return `changed    image ${finding.imageId} (${finding.name}): ${finding.detail}`;
    case 'original_unknown':
      return `${finding.outcome.padEnd(10)} original ${finding.key}, which no image has${finding.detail ? `: ${finding.detail}` : ''}`;
    case 'thumbnails_unknown':
      return `${finding.outcome.padEnd(10)} ${finding.objects} objects made of an original of image ${finding.imageId}, which does not exist`;
    case 'object_unknown':
      return `${finding.outcome.padEnd(10)} object ${finding.key} in ${finding.bucket}, which is not of this service`;
  }
}

function summarize({ adopted, fixed, deleted, left, found }: CheckReport): string {
  const all = Object.values(found).reduce((sum, count) => sum + count, 0);
  if (all === 0) return 'Database and store agree.';
  const parts = { adopted, fixed, deleted, left };
  const words = Object.entries(parts).flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
  return `Found ${all}: ${words.join(', ')}.`;
}

function advice({ found }: CheckReport, { fix, deleteOrphans }: CheckCommandOptions): string {
  const unknown = found.original_unknown + found.thumbnails_unknown + found.object_unknown;
  if (!fix && found.original_unknown + found.thumbnail_missing + found.thumbnail_changed > 0)
    return '--fix brings back what can be brought back.';
  if (!deleteOrphans && unknown > 0) return '--delete-orphans deletes what no image has, for good.';
  return '';
}
