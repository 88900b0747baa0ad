import { readSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { MadeImages } from '../../../core/thumbnails/made-images.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import { type ConfineOrder, head, lengthBytes, type MakeOrder, pipeDescriptor, type Reply } from './decoder-wire.ts';
import { endWithParent } from './end-with-parent.ts';

/**
 * Runs in the decoder's process: originals come over the pipe, thumbnails go back over it. It reads and writes in the
 * main thread, which has nothing else to do meanwhile; a big read then costs no event, and no piece of memory of its own.
 */
type MakeThumbnails = (input: { bytes: Uint8Array; recipe: Recipe; maxPixels: number }) => Promise<MadeImages>;

/** Kept from one original to the next: memory that is asked for again and again costs more than the reading. */
const keptBytes = 8 * 1024 * 1024;
let kept = Buffer.allocUnsafeSlow(0);

function bufferOf(bytes: number): Buffer {
  if (bytes > keptBytes) return Buffer.allocUnsafeSlow(bytes);
  if (kept.length < bytes) kept = Buffer.allocUnsafeSlow(Math.min(keptBytes, Math.ceil(bytes * 1.5)));
  return kept.subarray(0, bytes);
}

function fill(buffer: Buffer): Buffer {
  for (let at = 0; at < buffer.length; ) {
    const bytes = readSync(pipeDescriptor, buffer, at, buffer.length - at, null);
    if (bytes === 0) process.exit(0);
    at += bytes;
  }
  return buffer;
}

function readHead<Message>(): Message {
  const length = fill(Buffer.allocUnsafe(lengthBytes)).readUInt32BE();
  return JSON.parse(fill(Buffer.allocUnsafe(length)).toString());
}

function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(pipeDescriptor, bytes, at, bytes.length - at);
}

function say(reply: Reply): void {
  write(head(reply));
}

function sendMade(made: MadeImages): void {
  if (made.status === 'failed') {
    say(made);
    return;
  }
  const images = made.images.map(({ data, ...image }) => ({ ...image, bytes: data.length }));
  write(Buffer.concat([head({ ...made, images }), ...made.images.map((image) => image.data)]));
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

async function orUnfit<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    say({ status: 'unfit', message: messageOf(error) });
    process.exit(1);
  }
}

function become(account: ConfineOrder['account']): void {
  if (!account) return;
  process.setgroups?.([]);
  process.setgid?.(account.gid);
  process.setuid?.(account.uid);
}

// Ctrl+C and service managers signal all processes at once: the parent lets what runs come to its end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const watching = orUnfit(endWithParent);
const { makeThumbnails } = await orUnfit<{ makeThumbnails: MakeThumbnails }>(
  () => import(pathToFileURL(process.argv[2] ?? '').href),
);
await watching;
say({ status: 'loaded' });
const { account } = readHead<ConfineOrder>();
await orUnfit(() => become(account));
say({ status: 'ready' });
for (;;) {
  const { recipe, maxPixels, bytes } = readHead<MakeOrder>();
  const original = fill(bufferOf(bytes));
  say({ status: 'begun' });
  try {
    sendMade(await makeThumbnails({ bytes: original, recipe, maxPixels }));
  } catch (error) {
    say({ status: 'error', name: error instanceof Error ? error.name : 'Error', message: messageOf(error) });
  }
}
