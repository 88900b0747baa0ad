import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Connection } from '../../../bench/load/connection.ts';

describe('the connection of the bench', () => {
  let server: Server;
  const sockets = new Set<Socket>();

  /** Answers with these bytes, a piece at a time. */
  async function answering(pieces: string[]): Promise<Connection> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('data', async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await sleep(1);
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new Connection(typeof address === 'object' && address ? address.port : 0);
  }

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n';
  const plain = 'HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello';

  it.each([
    ['whole', [chunked], 200, 'hello, world'],
    ['byte by byte', [...chunked], 200, 'hello, world'],
    ['whole, with a length', [plain], 201, 'hello'],
    ['byte by byte, with a length', [...plain], 201, 'hello'],
    ['without a body', ['HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'], 304, ''],
  ])('reads an answer that comes %s, again and again', async (_, pieces, status, text) => {
    const connection = await answering(pieces);
    for (let round = 0; round < 3; round += 1) {
      const { status: seen, body } = await connection.send('GET / HTTP/1.1\r\n\r\n', undefined, true);
      expect([seen, String(body)]).toEqual([status, text]);
    }
    connection.close();
  });
});
