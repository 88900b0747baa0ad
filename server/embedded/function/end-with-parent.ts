import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent has ended, however that came (`kill -9` too): then the pipe on standard input closes.
 * It watches from a thread of its own and kills, because the main thread may be busy for ever, and an orderly exit waits
 * for the decoder's threads.
 *
 * Resolves when the thread watches. Before that the process must not give up what a thread needs to start, such as
 * opening files: a thread that cannot start would leave nobody to watch.
 */
export async function endWithParent(): Promise<void> {
  const watch = `
    const { Socket } = require('node:net');
    const { parentPort } = require('node:worker_threads');
    const input = new Socket({ fd: 0, writable: false });
    input.on('error', () => {});
    input.on('close', () => process.kill(process.pid, 'SIGKILL'));
    input.resume();
    parentPort.postMessage('watching');
  `;
  const watcher = new Worker(watch, {
    eval: true,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once('message', () => resolve());
    watcher.once('error', reject);
    watcher.once('exit', () => reject(new Error('the watch over the parent has ended')));
  });
}
