import type { Worker } from 'node:cluster';
import { createBirpc } from 'birpc';
import type { ToPrimary, ToWorker } from './messages.ts';

interface Peer {
  send(message: unknown, done: () => void): void;
  onMessage(listener: (message: unknown) => void): void;
  isConnected(): boolean;
}

/** What is said to a process that is gone is lost; what was asked of it is rejected by `$close`. */
function openChannel<Remote extends object, Local extends object>(peer: Peer, functions: Local) {
  return createBirpc<Remote, Local>(functions, {
    post: (message) => {
      if (peer.isConnected()) peer.send(message, () => {});
    },
    on: peer.onMessage,
    bind: 'functions',
    timeout: -1,
  });
}

export type WorkerChannel = ReturnType<typeof channelToWorker>;

export function channelToWorker(worker: Worker, functions: ToPrimary) {
  return openChannel<ToWorker, ToPrimary>(
    {
      send: (message, done) => worker.send(message as object, done),
      onMessage: (listener) => worker.on('message', (message) => listener(message)),
      isConnected: () => worker.isConnected(),
    },
    functions,
  );
}

export function channelToPrimary(functions: ToWorker) {
  return openChannel<ToPrimary, ToWorker>(
    {
      send: (message, done) => process.send?.(message, undefined, undefined, done),
      onMessage: (listener) => process.on('message', (message) => listener(message)),
      isConnected: () => process.connected,
    },
    functions,
  );
}
