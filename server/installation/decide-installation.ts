import { v7 as uuidV7 } from 'uuid';
import type { Secrets } from '../embedded/secrets.ts';
import { StartupError } from '../process/startup-error.ts';
import type { InstallationRecord } from './installation-record.ts';
import { differingSecrets, fingerprintOf, type SecretsFingerprint } from './secrets-fingerprint.ts';

export interface InstallationFacts {
  database: InstallationRecord | null;
  originals: InstallationRecord | null;
  thumbnails: InstallationRecord | null;
  /** Whether the database knows any image. */
  hasImages: boolean;
  /** Null: not looked at (a command that signs nothing). */
  secrets: Secrets | null;
  /** Somebody says that database, buckets and secrets belong together from now on. */
  isAdopting: boolean;
  /** How a person sets the two buckets: the names of their settings. */
  bucketSettings: string;
}

export interface InstallationDecision {
  /** What database and both buckets are to keep. */
  record: InstallationRecord;
  /** For the log. */
  note: string | null;
}

const adopt = 'npm run manage -- adopt';

/**
 * Whose database, buckets and secrets are these? A database that knows nothing yet belongs to its buckets, whatever is
 * in them. Throws a StartupError when one of them is another installation's.
 */
export function decideInstallation(facts: InstallationFacts): InstallationDecision {
  const { database, originals, thumbnails, bucketSettings } = facts;
  if (originals && thumbnails && originals.id !== thumbnails.id) {
    throw new StartupError(
      `The two buckets belong to two installations: that of the originals to ${originals.id}, that of the thumbnails to ${thumbnails.id}. Set ${bucketSettings} to the buckets of one.`,
    );
  }
  const buckets = originals ?? thumbnails;
  const recordOf = (id: string) => ({ id, secrets: decideSecrets(facts, buckets) });
  if (!database) {
    if (!buckets) return { record: recordOf(uuidV7()), note: null };
    const note = `The database is new and the buckets belong to installation ${buckets.id}: it is this one now. "npm run manage -- check --fix" brings back the images that are in them.`;
    return { record: recordOf(buckets.id), note };
  }
  if (buckets && buckets.id !== database.id) {
    if (facts.isAdopting) {
      return { record: recordOf(buckets.id), note: `The database belongs to installation ${buckets.id} now.` };
    }
    throw new StartupError(
      `The buckets belong to another installation (${buckets.id}) than the database (${database.id}). Nothing was changed. Set DATABASE_URL, or ${bucketSettings}, to what belongs together. If these do, restored from two backups: ${adopt}`,
    );
  }
  const unmarked = [originals ? null : 'originals', thumbnails ? null : 'thumbnails'].filter(Boolean).join(' and the ');
  if (unmarked && facts.hasImages && !facts.isAdopting) {
    throw new StartupError(
      `The bucket of the ${unmarked} is not the one of this database: the database knows images, and there is no sign of installation ${database.id} in it. Nothing was changed. Set ${bucketSettings} to the right buckets, or put them back from a backup. To go on with these: ${adopt}`,
    );
  }
  return { record: recordOf(database.id), note: null };
}

/** The fingerprint to keep: of the secrets that this server has, when they are those that the others have. */
function decideSecrets(facts: InstallationFacts, buckets: InstallationRecord | null): SecretsFingerprint | null {
  const { database, secrets, isAdopting } = facts;
  if (!secrets) return database?.secrets ?? buckets?.secrets ?? null;
  if (database?.secrets && !isAdopting) {
    // The buckets know of a change that a database from an older backup has not seen.
    const known = [database.secrets, buckets?.id === database.id ? buckets.secrets : null];
    const differing = differingSecrets(secrets, database.secrets);
    if (!known.some((one) => one !== null && differingSecrets(secrets, one).length === 0)) {
      throw new StartupError(
        `${differing.join(' and ')} of this server ${differing.length > 1 ? 'are others' : 'is another'} than the installation has: what one server signs, the next one would refuse. Nothing was changed. Give all servers the same ones (those that were made up are in DATA_DIR/secrets of the first server). To change one, give the one before too, as ${differing[0]}_PREVIOUS. If the one before is lost: ${adopt}, which ends what was signed with it (logins, expiring links).`,
      );
    }
  }
  return fingerprintOf(secrets);
}
