/** The clients: a process of their own, so that what they take of the processor is not the server's. */
import { readFileSync } from 'node:fs';
import { Connection } from './connection.ts';
import { type HttpJob, type HttpRequest, type LoadResult, repeatInLanes } from './job.ts';

/** No request of this or another run has the same. */
let number = Date.now() * 1000;

interface Prepared {
  head: string;
  isNumbered: boolean;
  fixed: Buffer;
  body: Buffer | undefined;
  status: number;
}

function prepare({ method, path, headers = {}, bodyFile, status }: HttpRequest, port: number): Prepared {
  const body = bodyFile === undefined ? undefined : readFileSync(bodyFile);
  const all: Record<string, string> = { host: `127.0.0.1:${port}`, ...headers };
  if (body) all['content-length'] = String(body.length);
  else if (method === 'POST') all['content-length'] = '0';
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return { head, isNumbered: head.includes('{n}'), fixed: Buffer.from(head, 'latin1'), body, status };
}

async function run({
  port,
  clients,
  seconds,
  most,
  requests,
  thenFetchThumbnails = false,
}: HttpJob): Promise<LoadResult> {
  const prepared = requests.map((request) => prepare(request, port));
  const connections = Array.from({ length: clients }, () => new Connection(port));
  let turn = 0;
  const act = async (lane: number) => {
    const request = prepared[turn++ % prepared.length];
    const connection = connections[lane];
    if (!request || !connection) throw new Error('there is nothing to send');
    const head = request.isNumbered ? request.head.replaceAll('{n}', String(number++)) : request.fixed;
    const answer = await connection.send(head, request.body, thenFetchThumbnails);
    if (answer.status !== request.status) {
      throw new Error(`${request.head.split('\r\n', 1)[0]}: ${answer.status} in place of ${request.status}`);
    }
    if (thenFetchThumbnails) await fetchThumbnails(connection, port, answer.body);
  };
  try {
    return await repeatInLanes({ lanes: clients, seconds, ...(most !== undefined && { most }) }, act);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function fetchThumbnails(connection: Connection, port: number, body: Buffer | null): Promise<void> {
  const image = JSON.parse(String(body)) as { status: string; thumbnails: { url: string }[] };
  if (image.status !== 'ready') throw new Error(`the image is ${image.status} after the wait`);
  for (const { url } of image.thumbnails) {
    const { pathname, search } = new URL(url);
    const { status } = await connection.send(`GET ${pathname}${search} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
    if (status !== 200) throw new Error(`a thumbnail: ${status}`);
  }
}

process.on('message', (job: HttpJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
