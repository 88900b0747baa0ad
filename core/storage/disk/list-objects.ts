import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSummary } from '../object-store.ts';
import { hasCode } from './disk-error.ts';
import { entriesOf } from './folders.ts';
import { summarizeFile } from './object-file.ts';
import { metadataFile, parseEntry, prefixPath } from './object-path.ts';
import { versionsOf } from './read-object.ts';

/** Entries of one folder that are looked into at the same time. */
const lookAhead = 32;

/** All objects whose key starts with the prefix, in the order of their keys' UTF-8 bytes, as S3 lists them. */
export async function* listObjects(root: string, prefix: string): AsyncGenerator<ObjectSummary> {
  const { parentKey, path, rest } = prefixPath(prefix);
  yield* walk(root, join(root, path), parentKey, rest);
}

async function* walk(root: string, folder: string, parentKey: string, start: string): AsyncGenerator<ObjectSummary> {
  const names = await entriesOf(root, folder);
  const files = new Set(names.filter((name) => name.startsWith('+')));
  const entries = names
    .flatMap((name) => {
      const entry = parseEntry(name);
      if (!entry || (entry.kind === 'earlier' && files.has(`+${name.slice(0, -1)}`))) return [];
      // A folder stands where its keys do: `a-b` comes before `a/b`.
      const tail = entry.kind === 'folder' ? `${entry.segment}/` : entry.segment;
      return tail.startsWith(start)
        ? [{ kind: entry.kind, path: join(folder, name), tail, order: Buffer.from(tail) }]
        : [];
    })
    .sort((a, b) => Buffer.compare(a.order, b.order));

  yield* inOrder(entries, ({ kind, path, tail }) => {
    if (kind === 'folder') return walk(root, path, parentKey + tail, '');
    return kind === 'file' ? summaryOf(path, parentKey + tail) : earlierSummary(root, path, parentKey + tail);
  });
}

async function* summaryOf(file: string, key: string): AsyncGenerator<ObjectSummary> {
  const summary = await summarizeFile(file, key);
  if (summary) yield summary;
}

async function* earlierSummary(root: string, folder: string, key: string): AsyncGenerator<ObjectSummary> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const [newest] = versionsOf(await entriesOf(root, folder));
    if (newest === undefined) return;
    try {
      const version = join(folder, String(newest));
      const file = (await readdir(version)).find((name) => name !== metadataFile);
      if (!file) continue;
      const { size, mtime } = await stat(join(version, file));
      yield { key, bytes: size, lastModified: mtime };
      return;
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** What each item gives, one item after the other, while the next ones have already begun. */
async function* inOrder<Item, T>(items: readonly Item[], open: (item: Item) => AsyncGenerator<T>): AsyncGenerator<T> {
  const begun: { rest: AsyncGenerator<T>; first: Promise<IteratorResult<T>> }[] = [];
  let next = 0;
  try {
    while (begun.length > 0 || next < items.length) {
      for (const item of items.slice(next, next + lookAhead - begun.length)) {
        const rest = open(item);
        const first = rest.next();
        first.catch(() => {});
        begun.push({ rest, first });
        next += 1;
      }
      const [current] = begun;
      if (!current) return;
      const first = await current.first;
      if (!first.done) {
        yield first.value;
        yield* current.rest;
      }
      begun.shift();
    }
  } finally {
    for (const { rest } of begun) rest.return(undefined).catch(() => {});
  }
}
