import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Milliseconds of processor time. */
export interface ProcessorTime {
  server: number;
  postgres: number;
  function: number;
}

interface Stat {
  parent: number;
  own: number;
  /** Of its children that ended and were waited for. */
  ended: number;
}

/** The kernel's unit in /proc, everywhere that Node runs. */
const millisecondsPerTick = 10;

/** Null when there is no such process (proc(5), stat: fields 4 and 14 to 17). */
function readStat(pid: number): Stat | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return {
      parent: fields[1] ?? 0,
      own: (user + system) * millisecondsPerTick,
      ended: (childUser + childSystem) * millisecondsPerTick,
    };
  } catch {
    return null;
  }
}

export function parentOf(pid: number): number {
  return readStat(pid)?.parent ?? 0;
}

export function processorMilliseconds(pid: number): number {
  return readStat(pid)?.own ?? 0;
}

export interface ServiceProcesses {
  server: Map<number, Stat>;
  postgres: Map<number, Stat>;
  function: Map<number, Stat>;
}

/** Every process of a service: its HTTP workers are the server's; what else it started is the thumbnail function's. */
export function serviceProcesses(serverPid: number, postmasterPid: number): ServiceProcesses {
  const all = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat) all.set(Number(name), stat);
  }
  const found: ServiceProcesses = { server: new Map(), postgres: new Map(), function: new Map() };
  const visit = (pid: number, group: keyof ServiceProcesses) => {
    const stat = all.get(pid);
    if (!stat) return;
    found[group].set(pid, stat);
    for (const [child, { parent }] of all) {
      if (parent !== pid || child === postmasterPid) continue;
      visit(child, group === 'server' && !isHttpWorker(child) ? 'function' : group);
    }
  };
  visit(serverPid, 'server');
  visit(postmasterPid, 'postgres');
  return found;
}

/** node:cluster tells its workers their number this way. */
function isHttpWorker(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes('NODE_UNIQUE_ID=');
  } catch {
    return false;
  }
}

export function processorTime(processes: ServiceProcesses, postmasterPid: number): ProcessorTime {
  const sum = (group: Map<number, Stat>, key: 'own' | 'ended') => {
    let all = 0;
    for (const stat of group.values()) all += stat[key];
    return all;
  };
  return {
    server: sum(processes.server, 'own'),
    postgres: sum(processes.postgres, 'own') + (processes.postgres.get(postmasterPid)?.ended ?? 0),
    // Children of the server that have ended were the function's.
    function: sum(processes.function, 'own') + sum(processes.function, 'ended') + sum(processes.server, 'ended'),
  };
}

/** Bytes of memory: pages that several processes share count once in all. */
export function proportionalBytes(pids: Iterable<number>): number {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return kilobytes * 1024;
}

/** Bytes in memory now, and the most since `resetPeak`. */
export function residentBytes(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
