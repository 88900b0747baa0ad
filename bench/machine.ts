import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export const cores = availableParallelism();

function processorTicks(): { busy: number; all: number } {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/) ?? [];
  const ticks = fields.slice(0, 8).map(Number);
  const all = ticks.reduce((sum, one) => sum + one, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: all - idle, all };
}

/** The share of all processors that is used now, 0 to 1, over one and a half seconds. */
export async function busyShare(): Promise<number> {
  const before = processorTicks();
  await sleep(1_500);
  const after = processorTicks();
  return (after.busy - before.busy) / Math.max(1, after.all - before.all);
}

const windowMilliseconds = 30 * 60_000;

/**
 * Presigned URLs change at xx:00 and xx:30, and with them every ETag of a list. Waits, when the boundary is nearer than
 * the time that is needed.
 */
export async function withinSigningWindow(seconds: number): Promise<void> {
  const left = windowMilliseconds - (Date.now() % windowMilliseconds);
  if (left < seconds * 1000) await sleep(left + 500);
}
