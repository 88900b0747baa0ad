import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Tells a process from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in a form that is only good for comparing. */
  startedAt: string;
  /** The boot and the pid namespace in which `pid` means something. */
  namespace: string;
}

/** Whether a process with this number is there at all, whoever it is. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Null when there is no such process (or it is only waiting to be reaped). Throws when that cannot be told now. */
export function processStartedAt(pid: number): string | null {
  if (process.platform !== 'linux') {
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
    } catch (error) {
      if (isShortage(error)) throw error;
      return null;
    }
  }
  try {
    // The command, in parentheses, may hold spaces and parentheses itself: the fields start after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' || !startTicks ? null : startTicks;
  } catch (error) {
    if (isShortage(error)) throw error;
    return null;
  }
}

/** What failed for want of file handles, processes or memory, which tells nothing of what was asked. */
export function isShortage(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'].includes((error as NodeJS.ErrnoException | null)?.code ?? '');
}

export function currentProcessIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: processStartedAt(process.pid) ?? '',
    namespace: currentNamespace(),
  };
}

/** Whether that very process still runs. Only meaningful for an identity of this namespace. */
export function stillRuns(identity: ProcessIdentity): boolean {
  return processExists(identity.pid) && processStartedAt(identity.pid) === identity.startedAt;
}

function currentNamespace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return process.platform;
  }
}
