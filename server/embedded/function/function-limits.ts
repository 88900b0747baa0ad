import { availableParallelism, totalmem } from 'node:os';

export interface FunctionLimits {
  /** Children at once. */
  concurrency: number;
  /** Of each child. */
  memoryMegabytes: number;
}

/** What this process may use: the container's share where there is one. */
export interface Machine {
  cores: number;
  memoryMegabytes: number;
}

const leastMegabytes = 1024;
/** Enough for what takes most: AVIF of 100 megapixels has been seen at 1.8 GB. */
const mostMegabytes = 2560;

/**
 * Fills in what is not set: as many children as there are cores, two at most, and for all of them together half of the
 * memory, so that a picture is not given up for want of memory that is there, nor the machine brought down by one.
 */
export function functionLimits(
  { concurrency, memoryMegabytes }: { concurrency: number | null; memoryMegabytes: number | null },
  machine: Machine = thisMachine(),
): FunctionLimits {
  const children = concurrency ?? Math.min(2, machine.cores);
  const share = Math.floor(machine.memoryMegabytes / 2 / children);
  return {
    concurrency: children,
    memoryMegabytes: memoryMegabytes ?? Math.min(mostMegabytes, Math.max(leastMegabytes, share)),
  };
}

function thisMachine(): Machine {
  const total = totalmem();
  // 0 or more than there is: no limit was set.
  const constrained = process.constrainedMemory() || total;
  return { cores: availableParallelism(), memoryMegabytes: Math.min(total, constrained) / 1024 / 1024 };
}
