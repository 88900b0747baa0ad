import type { RequestListener, Server } from 'node:http';
import { StartupError } from '../process/startup-error.ts';
import { createHttpServer } from './create-server.ts';
import { startingHandler } from './starting-handler.ts';

export interface ListenOptions {
  host: string;
  port: number;
  /** From the first byte of a request to its last. */
  uploadTimeoutSeconds: number;
  /** From then on, no connection is kept open for a next request. */
  stopping: AbortSignal;
}

export interface Listening {
  server: Server;
  /** Who answers from now on; until then only `/healthz` has something to say. */
  serve(handler: RequestListener): void;
}

/** Listens at once, so that whoever watches the service sees that it lives while the rest is still starting. */
export async function listen({ host, port, uploadTimeoutSeconds, stopping }: ListenOptions): Promise<Listening> {
  let handler: RequestListener = startingHandler;
  const server = createHttpServer(
    (req, res) => {
      if (stopping.aborted) res.shouldKeepAlive = false;
      handler(req, res);
    },
    { requestTimeoutSeconds: uploadTimeoutSeconds },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    server,
    serve: (next) => {
      handler = next;
    },
  };
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} on ${host} is taken by another program. Stop that one, or start with another port: PORT=${port + 1} npm start`,
      );
    case 'EACCES':
      return new StartupError(`Port ${port} needs more rights than this user has. Set PORT to 1024 or more.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartupError(
        `HOST is ${host}, which is no address of this machine. 127.0.0.1 and 0.0.0.0 always are.`,
      );
    default:
      return error;
  }
}
