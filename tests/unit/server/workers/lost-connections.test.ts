import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { closeLostConnections } from '../../../../server/workers/lost-connections.ts';

/** A worker that takes messages and answers none, as node:cluster sees one that was just killed. */
function createWorker() {
  const sent: unknown[] = [];
  const child = Object.assign(new EventEmitter(), {
    send: (message: unknown) => {
      sent.push(message);
      return true;
    },
  });
  closeLostConnections(child as unknown as ChildProcess);
  const send: (message: object, handle: object) => void = (...args) => Reflect.apply(child.send, child, args);
  const hand = (seq: number) => {
    const connection = {
      isClosed: false,
      close() {
        this.isClosed = true;
      },
    };
    send({ cmd: 'NODE_CLUSTER', act: 'newconn', seq }, connection);
    return connection;
  };
  return { child, sent, hand };
}

describe('a connection that was being handed to a worker', () => {
  it('is closed when the worker ends without having taken it', () => {
    const { child, sent, hand } = createWorker();
    const [taken, lost] = [hand(1), hand(2)];
    child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: 1, accepted: true });
    child.emit('exit', null, 'SIGKILL');
    expect([taken.isClosed, lost.isClosed]).toEqual([false, true]);
    expect(sent).toHaveLength(2);
  });
});
