import { startChild } from '../child.ts';
import type { HttpJob, LoadResult } from '../load/job.ts';
import { cores } from '../machine.ts';
import { processorMilliseconds } from '../processes.ts';
import type { Loop, LoopJob } from './loop-process.ts';

export interface LoadOptions {
  clients: number;
  seconds: number;
  most?: number;
}

/** Something to compare with, which is run in turns with the service. */
export interface Reference {
  name: string;
  run(options: LoadOptions): Promise<LoadResult>;
  /** Of all its processes so far, without the client's. */
  processorMilliseconds(): number;
  stop(): Promise<void>;
}

type Clients = { ask(job: HttpJob): Promise<LoadResult> };

/** A bare server of Node's, which the same clients ask. */
export async function httpReference(
  {
    kind,
    place,
    name,
    clients: load,
  }: { kind: 'upload' | 'file' | 'hello'; place: string; name: string; clients: Clients },
  request: Omit<HttpJob['requests'][number], 'path'> = { method: 'GET', status: 200 },
): Promise<Reference> {
  const server = await startChild<object, number>('./references/http-server.ts', [kind, place]);
  const port = await server.ask({});
  return {
    name,
    run: ({ clients, seconds, most }) =>
      load.ask({ port, clients, seconds, requests: [{ path: '/', ...request }], ...(most !== undefined && { most }) }),
    processorMilliseconds: () => processorMilliseconds(server.pid),
    stop: server.stop,
  };
}

/** A loop in one process, or in as many as the machine has cores; with one client in one. */
export async function loopReference(name: string, loop: Loop, { everyCore = false } = {}): Promise<Reference> {
  const processes = await Promise.all(
    Array.from({ length: everyCore ? cores : 1 }, () => startChild<LoopJob>('./references/loop-process.ts')),
  );
  return {
    name,
    run: async ({ clients, seconds }) => {
      const asked = clients === 1 ? processes.slice(0, 1) : processes;
      // Each is busy with one at a time when there is one for each core.
      const lanes = everyCore ? 1 : clients;
      const all = await Promise.all(asked.map((process) => process.ask({ loop, lanes, seconds })));
      const [first] = all;
      if (!first) throw new Error('no process answered');
      return { ...first, count: all.reduce((sum, { count }) => sum + count, 0) };
    },
    processorMilliseconds: () => processes.reduce((sum, { pid }) => sum + processorMilliseconds(pid), 0),
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}
