import type { ChildProcess } from 'node:child_process';

/** A connection on its way to a worker: node:cluster's message, which is answered when the worker has taken it. */
interface ClusterMessage {
  cmd?: unknown;
  act?: unknown;
  seq?: unknown;
  ack?: unknown;
}

interface Handle {
  close(): void;
}

/**
 * node:cluster forgets a connection that it was handing to a worker when the worker ended: its sender would wait for
 * ever. Here it is closed, and whoever sent it can try again. Where a later Node has other messages, this does nothing.
 */
export function closeLostConnections(child: ChildProcess): void {
  const underWay = new Map<unknown, Handle>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = ((...args: unknown[]) => {
    const [message, handle] = args as [ClusterMessage, Handle | undefined];
    if (handle && message.cmd === 'NODE_CLUSTER' && message.act === 'newconn') underWay.set(message.seq, handle);
    return send(...args);
  }) as ChildProcess['send'];
  child.on('internalMessage', (message: ClusterMessage) => {
    if (message.cmd === 'NODE_CLUSTER' && message.ack !== undefined) underWay.delete(message.ack);
  });
  child.once('exit', () => {
    for (const handle of underWay.values()) handle.close();
    underWay.clear();
  });
}
