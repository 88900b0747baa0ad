import { AppError } from '../../core/errors.ts';
import type { Config } from '../config.ts';
import type { MigrateStore, MigrationFinding, MigrationReport } from '../maintenance/migrate-store.ts';
import { StartupError } from '../process/startup-error.ts';
import { bytesInWords, createPace } from './pace.ts';
import type { ProgressBar } from './progress-bar.ts';

export interface MigrateStoreCommandOptions {
  /** `s3` or `disk`. */
  to: string;
  dryRun?: boolean;
  verify?: boolean;
}

export type StoreKind = 's3' | 'disk';

export interface MigrateStoreCommandDeps {
  config: Pick<Config, 's3' | 'dataDirectory'>;
  /** Moves from the store of the other kind to the one of this kind. */
  open(to: StoreKind): Promise<MigrateStore>;
  bar: ProgressBar;
  /** One finding a line. */
  print(line: string): void;
  signal: AbortSignal;
}

/** Copies one store into the other. A StartupError (exit code 1) when not everything is there at the end. */
export async function runMigrateStore(
  { config, open, bar, print, signal }: MigrateStoreCommandDeps,
  { to, dryRun = false, verify = false }: MigrateStoreCommandOptions,
): Promise<string> {
  const kind = toKind(to);
  const paces = { originals: createPace(bytesInWords), thumbnails: createPace(bytesInWords) };
  try {
    const migrate = await open(kind);
    const report = await migrate({
      dryRun,
      verify,
      signal,
      onFinding: (finding) => {
        bar.clear();
        print(inWords(finding));
      },
      onProgress: ({ bucket, done, total, doneBytes, totalBytes }) => {
        const pace = paces[bucket](doneBytes, totalBytes);
        const size = `${bytesInWords(doneBytes)} of ${bytesInWords(totalBytes)}`;
        const label = dryRun ? `Looking at ${bucket}` : `Copying ${bucket}`;
        bar.show(label, done, total, pace ? `${size}, ${pace}` : size);
      },
    });
    bar.clear();
    if (report.findings > 0) throw new StartupError(`${summarize(report, dryRun)} ${adviceFor(report)}`);
    return dryRun ? summarize(report, dryRun) : `${summarize(report, dryRun)}\n\n${nextSteps(kind, config)}`;
  } catch (error) {
    bar.clear();
    if (signal.aborted) throw new StartupError('Stopped. Run it again: it goes on where it stopped.');
    if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
    const reason = error.cause instanceof Error ? ` (${error.cause.message || error.cause.name})` : '';
    throw new StartupError(
      `One of the stores does not work${reason}. Nothing is lost. Run it again when it does: it goes on where it stopped.`,
      { cause: error },
    );
  }
}

function toKind(text: string): StoreKind {
  if (text === 's3' || text === 'disk') return text;
  throw new StartupError('--to takes s3 or disk.');
}

function inWords({ kind, imageId, what, detail }: MigrationFinding): string {
  const fault = kind === 'missing' ? 'is not in the store' : `is not what was stored: ${detail}`;
  return `${kind.padEnd(8)} image ${imageId}: ${what} ${fault}`;
}

function summarize({ originals, thumbnails, findings }: MigrationReport, isDryRun: boolean): string {
  const bytes = bytesInWords(originals.copiedBytes + thumbnails.copiedBytes);
  const counts = `${count(originals.copied, 'original')} and ${count(thumbnails.copied, 'thumbnail')} (${bytes})`;
  const sentences = [
    isDryRun ? `${counts} would be copied.` : `Copied ${counts}.`,
    `${originals.there + thumbnails.there} were there already.`,
    ...(findings > 0 ? [`${findings} could not be copied.`] : []),
  ];
  return sentences.join(' ');
}

function adviceFor({ findings }: MigrationReport): string {
  return `"npm run manage -- check --fix", with the settings of the service, has missing thumbnails made; an original comes back from a backup alone. Then run this again. No server starts on the new store before ${findings === 1 ? 'it is' : 'they are'} there, unless you say "npm run manage -- adopt" with its settings.`;
}

/** What a person does now. Credentials are never printed. */
function nextSteps(to: StoreKind, { s3, dataDirectory }: MigrateStoreCommandDeps['config']): string {
  const last = 'Everything that the database names is in the new store. The old one is as it was. To change over:';
  const steps = [
    'Stop the service.',
    'Run this command once more: it takes what was uploaded meanwhile, and is quick.',
    ...(to === 's3' && s3
      ? [
          `Set, in .env or wherever the service has its settings:\n${settingsOf(s3)}\n     and credentials, unless a role gives them (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).`,
        ]
      : [
          `Take S3_ORIGINALS_BUCKET, S3_THUMBNAILS_BUCKET and the other S3_ settings away; the folder is ${dataDirectory}/objects.`,
        ]),
    'Start the service, and compare: npm run manage -- check --hashes all',
    'Keep the old store until you are content. Links to pictures that people hold end within 90 minutes of the change; expiring links go on.',
  ];
  return [last, ...steps.map((step, at) => `  ${at + 1}. ${step}`)].join('\n');
}

function settingsOf(s3: NonNullable<Config['s3']>): string {
  const settings = {
    S3_ORIGINALS_BUCKET: s3.originalsBucket,
    S3_THUMBNAILS_BUCKET: s3.thumbnailsBucket,
    S3_REGION: s3.region,
    S3_ENDPOINT: s3.endpoint,
    S3_PUBLIC_ENDPOINT: s3.publicEndpoint,
    S3_FORCE_PATH_STYLE: s3.forcePathStyle,
    S3_ENCRYPTION: s3.encryption?.algorithm ?? null,
    S3_KMS_KEY_ID: s3.encryption?.kmsKeyId ?? null,
  };
  return Object.entries(settings)
    .flatMap(([name, value]) => (value === null ? [] : [`       ${name}=${value}`]))
    .join('\n');
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
