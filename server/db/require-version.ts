import { AppError } from '../../core/errors.ts';

/** Throws `conflict` when somebody changed the record since it was read. No version given means: whatever it is now. */
export function requireVersion(record: { version: number }, version: number | undefined): void {
  if (version === undefined || version === record.version) return;
  throw new AppError('conflict', 'Someone else changed this in the meantime. Load it again and repeat your change.');
}
