import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  /** Null unless it was asked for. */
  body: Buffer | null;
}

/**
 * One kept-alive HTTP/1.1 connection that sends a request at a time. A client on `node:http` takes as much of the
 * processor as the server that it measures; this one reads no more of an answer than it must.
 */
export class Connection {
  readonly #port: number;
  #socket: Socket | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  async send(request: Buffer | string, body?: Buffer, keepsBody = false): Promise<Answer> {
    const socket = await this.#open();
    return new Promise((resolve, reject) => {
      const parser = new AnswerParser(keepsBody);
      const end = (settle: () => void) => {
        socket.off('data', onData).off('error', onError).off('close', onClose);
        settle();
      };
      const onData = (chunk: Buffer) => {
        if (!parser.push(chunk)) return;
        if (parser.closes) this.close();
        end(() => resolve({ status: parser.status, body: keepsBody ? Buffer.concat(parser.parts) : null }));
      };
      const onError = (error: Error) => end(() => reject(error));
      const onClose = () => end(() => reject(new Error('the server closed the connection')));
      socket.on('data', onData).on('error', onError).on('close', onClose);
      socket.write(request);
      if (body) socket.write(body);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #open(): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = connect(this.#port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    this.#socket = socket;
    return socket;
  }
}

const emptyStatuses = new Set([204, 304]);

class AnswerParser {
  status = 0;
  closes = false;
  readonly parts: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #isInBody = false;
  #isChunked = false;
  /** Bytes of the body, or of the chunk with the line end behind it, that are still to come. */
  #left = 0;
  #isLastChunk = false;
  readonly #keepsBody: boolean;

  constructor(keepsBody: boolean) {
    this.#keepsBody = keepsBody;
  }

  /** Whether the answer is whole. */
  push(chunk: Buffer): boolean {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = Buffer.alloc(0);
    if (!this.#isInBody) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return this.#wait(bytes);
      this.#readHead(bytes.toString('latin1', 0, end));
      bytes = bytes.subarray(end + 4);
    }
    return this.#isChunked ? this.#readChunks(bytes) : this.#readPlain(bytes);
  }

  #wait(bytes: Buffer): false {
    this.#rest = bytes;
    return false;
  }

  #readHead(head: string): void {
    this.#isInBody = true;
    this.status = Number(head.slice(9, 12));
    this.closes = /\r\nconnection: close/i.test(head);
    this.#isChunked = /\r\ntransfer-encoding: chunked/i.test(head);
    this.#left = emptyStatuses.has(this.status) ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  }

  #readPlain(bytes: Buffer): boolean {
    if (this.#keepsBody) this.parts.push(bytes);
    this.#left -= bytes.length;
    return this.#left <= 0;
  }

  #readChunks(bytes: Buffer): boolean {
    for (let at = 0; ; ) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, bytes.length - at);
        const ofData = Math.max(0, Math.min(taken, this.#left - 2));
        if (this.#keepsBody && ofData > 0) this.parts.push(bytes.subarray(at, at + ofData));
        this.#left -= taken;
        at += taken;
        if (this.#left > 0) return false;
        if (this.#isLastChunk) return true;
      }
      const end = bytes.indexOf('\r\n', at);
      if (end < 0) return this.#wait(bytes.subarray(at));
      const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
      this.#isLastChunk = size === 0;
      this.#left = size + 2;
      at = end + 2;
    }
  }
}
