import { AppError } from '../core/errors.ts';
import { databaseFaultInWords } from './db/database-fault.ts';
import { redactText } from './process/redact.ts';
import { StartupError } from './process/startup-error.ts';

/** What a person is told of an error that ended the program: a sentence for what can be foreseen, else the stack. */
export function messageFor(error: unknown): string {
  if (error instanceof StartupError || error instanceof AppError) return error.message;
  const fault = databaseFaultInWords(error) ?? fileFaultInWords(error);
  if (fault !== null) return redactText(fault);
  if (error instanceof Error && error.name === 'AbortError') return 'Stopped before it was done.';
  return redactText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

const fileFaults: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it',
  EPERM: 'this user may not use it',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk quota is used up',
  EIO: 'its disk has a fault',
  ENOTDIR: 'a part of its path is a file',
};

function fileFaultInWords(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const reason = fileFaults[String(error.code)];
  if (!reason) return null;
  const what = 'path' in error ? `The file or folder ${error.path}` : 'A file of the data folder';
  return `${what} cannot be used: ${reason}. Correct that, then try again.`;
}
