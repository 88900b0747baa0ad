import type { RecordAudit } from '../audit/record-audit.ts';
import type { Config } from '../config.ts';
import { postgresDirectory, secretsDirectory } from '../embedded/data-folder.ts';
import { changePasswords } from '../embedded/postgres.ts';
import { replaceKeptSecrets } from '../embedded/secrets.ts';

/**
 * Every key that is kept in the data folder, for a copy of it that got lost. Cut off in the middle, it is run again.
 * The passwords first: until the secrets are others too, a server that starts finds everything as it was.
 */
export async function rotateKeptKeys(config: Config): Promise<void> {
  if (config.databaseUrl === null) await changePasswords(postgresDirectory(config));
  await replaceKeptSecrets(secretsDirectory(config));
}

export interface RotateKeysDeps {
  config: Config;
  /** Binds database and buckets to the new secrets. */
  adopt(): Promise<string>;
  recordAudit: RecordAudit;
}

/** The second half, on the open database. Answers with what a person still has to do. */
export async function runRotateKeys({ config, adopt, recordAudit }: RotateKeysDeps): Promise<string> {
  await adopt();
  await recordAudit({ actor: null, action: 'rotate_keys', origin: null });
  const done = 'All keys of the data folder are new. Logins, panel sessions, expiring links, password links and';
  return [`${done} the URLs of pictures that were handed out before have ended.`, ...leftToDo(config)].join('\n');
}

/** Keys that were given as settings are known only to whoever set them. */
function leftToDo({ secrets, databaseUrl, s3 }: Config): string[] {
  const given = Object.entries({ JWT_SECRET: secrets.jwt, LINK_SECRET: secrets.link, SESSION_SECRET: secrets.session });
  const current = given.filter(([, { current: value }]) => value !== null).map(([name]) => name);
  const previous = given.filter(([, { previous: value }]) => value !== null).map(([name]) => `${name}_PREVIOUS`);
  const others = [...(databaseUrl ? ['the password in DATABASE_URL'] : []), ...(s3 ? ['the keys of S3'] : [])];
  return [
    ...(current.length > 0
      ? [`Not changed, because you set them: ${current.join(', ')}. Set new values, then run this again.`]
      : []),
    ...(previous.length > 0 ? [`Still accepted, because you set them: ${previous.join(', ')}. Remove them.`] : []),
    ...(others.length > 0
      ? [`Not in the data folder: ${others.join(' and ')}. Change them where they were made.`]
      : []),
  ];
}
