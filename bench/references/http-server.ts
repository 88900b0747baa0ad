/**
 * What HTTP, hash and disk take alone, without a service: `upload` takes a body, hashes it and puts it on the disk for
 * good; `file` answers with a file; `hello` answers with a short text. Tells its port when it listens.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFile, statSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [kind, place = ''] = process.argv.slice(2);
/** Below this a file is read at once. */
const smallBytes = 65_536;
let files = 0;

async function upload(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = join(place, `raw-${files++}`);
  const hash = createHash('sha256');
  const handle = await open(path, 'w');
  for await (const chunk of req) {
    hash.update(chunk as Buffer);
    await handle.write(chunk as Buffer);
  }
  await handle.datasync();
  await handle.close();
  res.writeHead(201, { 'content-type': 'text/plain' }).end(hash.digest('hex'));
  await unlink(path);
}

const bytes = kind === 'file' ? statSync(place).size : 0;

function file(_req: IncomingMessage, res: ServerResponse): void {
  const headers = { 'content-type': 'image/jpeg', 'content-length': bytes };
  if (bytes > smallBytes) {
    createReadStream(place).pipe(res.writeHead(200, headers));
    return;
  }
  readFile(place, (error, content) => {
    if (error) res.writeHead(500).end();
    else res.writeHead(200, headers).end(content);
  });
}

function hello(_req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': 15 }).end('{"status":"ok"}');
}

const server = createServer((req, res) => {
  if (kind === 'upload') upload(req, res).catch(() => res.destroy());
  else if (kind === 'file') file(req, res);
  else hello(req, res);
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.on('message', () => process.send?.({ result: port }));
});
