import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent has ended, however that came (`kill -9` too): then the pipe on standard input closes.
 * It watches from a thread of its own and kills, because the main thread may be busy for ever, and an orderly exit waits
 * for the decoder's threads.
 */
export function endWithParent(): void {
  const watch = `
    const { Socket } = require('node:net');
    const input = new Socket({ fd: 0, writable: false });
    input.on('error', () => {});
    input.on('close', () => process.kill(process.pid, 'SIGKILL'));
    input.resume();
  `;
  new Worker(watch, {
    eval: true,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  });
}
