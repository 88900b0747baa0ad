import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load/job.ts';

/** A process of the bench that answers one message at a time. */
export interface Child<Job, Result> {
  pid: number;
  ask(job: Job): Promise<Result>;
  stop(): Promise<void>;
}

export async function startChild<Job, Result = LoadResult>(
  file: string,
  args: readonly string[] = [],
): Promise<Child<Job, Result>> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  // With the loader that this process was started with.
  const child: ChildProcess = fork(path, [...args], { execArgv: process.execArgv });
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    ask: async (job) => {
      child.send(job as object);
      const [message] = (await Promise.race([
        once(child, 'message'),
        ended.then(() => [{ error: `${file} ended` }]),
      ])) as [{ result?: Result; error?: string }];
      if (message.error !== undefined) throw new Error(message.error);
      return message.result as Result;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
