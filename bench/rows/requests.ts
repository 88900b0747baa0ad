import { adminPassword } from '../../tests/support/log-in.ts';
import { type Account, type Bench, fillAccount, pathOf } from '../bench.ts';
import type { HttpRequest } from '../load/job.ts';
import { withinSigningWindow } from '../machine.ts';
import { keepPicture } from '../pictures.ts';
import { httpReference, type LoadOptions, loopReference } from '../references/references.ts';
import { type Prepared, p50, processor, type Row, rate } from './row.ts';

/** Sends these in turn. */
export function asking(bench: Bench, requests: HttpRequest[], extra: { thenFetchThumbnails?: boolean } = {}) {
  return (options: LoadOptions) => bench.clients.ask({ port: bench.service.port, requests, ...extra, ...options });
}

const get = (path: string, headers: Record<string, string> = {}): HttpRequest => ({
  method: 'GET',
  path,
  headers,
  status: 200,
});

/** The rows of a list as PostgreSQL gives them, without signatures and HTTP. */
function rowsAlone(bench: Bench, owner: Account, limit: number) {
  const text = `SELECT i.id, i.name, i.content_type, i.bytes, i.width, i.height, i.sha256, i.status, i.placeholder,
      i.object_key, i.created_at, i.updated_at, t.tier_height, t.width AS thumbnail_width, t.height AS thumbnail_height,
      t.bytes AS thumbnail_bytes, t.content_type AS thumbnail_type, t.object_key AS thumbnail_key
    FROM (SELECT * FROM images WHERE owner_id = $1 AND state = 'stored' ORDER BY created_at DESC, id DESC LIMIT $2) i
    LEFT JOIN thumbnails t ON t.image_id = i.id ORDER BY i.created_at DESC, i.id DESC, t.tier_height`;
  const loop = {
    kind: 'rows',
    databaseUrl: bench.service.databaseUrl('owner'),
    text,
    values: [owner.id, limit],
  } as const;
  return () => loopReference('the rows by pg alone', loop);
}

async function ownerOf(bench: Bench, images: number): Promise<Account> {
  const owner = await bench.account();
  await fillAccount(bench, owner, images);
  return owner;
}

const bareFile = (bench: Bench, place: string) => () =>
  httpReference({ kind: 'file', place, name: 'a bare file server', clients: bench.clients });

export const requestRows: Row[] = [
  {
    name: 'healthz',
    title: '/healthz: what every request pays',
    prepare: async (bench) => ({
      run: asking(bench, [get('/healthz')]),
      reference: () => httpReference({ kind: 'hello', place: '', name: 'bare node:http', clients: bench.clients }),
      goals: [rate({ atLeast: 30_000 })],
    }),
  },
  {
    name: 'me',
    title: '/me',
    prepare: async (bench) => {
      const owner = await ownerOf(bench, 1_000);
      return {
        run: asking(bench, [get('/me', owner.headers)]),
        reference: null,
        goals: [p50(), rate({ atLeast: 3_000 })],
      };
    },
  },
  {
    name: 'list',
    title: 'list of 1,000 with 3 links each',
    prepare: async (bench) => {
      const owner = await ownerOf(bench, 1_000);
      return {
        run: asking(bench, [get('/image/all', owner.headers)]),
        reference: rowsAlone(bench, owner, 1_000),
        // The first of a window costs more; what is repeated here is the second.
        goals: [p50({ atMost: 8 }), rate({ atLeast: 150 })],
        isOfSigningWindow: true,
      };
    },
  },
  {
    name: 'page',
    title: 'page of 50',
    prepare: async (bench) => {
      const owner = await ownerOf(bench, 1_000);
      return {
        run: asking(bench, [get('/image/all?limit=50', owner.headers)]),
        reference: rowsAlone(bench, owner, 50),
        goals: [p50(), rate({ atLeast: 1_500 })],
        isOfSigningWindow: true,
      };
    },
  },
  {
    name: 'unchanged',
    title: 'unchanged list of 1,000 (304)',
    prepare: async (bench) => {
      const owner = await ownerOf(bench, 1_000);
      const conditional = async () => {
        const first = await bench.call(owner, 'GET', '/image/all');
        await first.arrayBuffer();
        const headers = { ...owner.headers, 'if-none-match': first.headers.get('etag') ?? '' };
        return asking(bench, [{ method: 'GET', path: '/image/all', headers, status: 304 }]);
      };
      await withinSigningWindow(10);
      const ask = await conditional();
      return {
        // With the tag of now: a window may have begun since.
        run: async (options) => (await conditional())(options),
        once: async () => void (await ask({ clients: 1, seconds: 60, most: 1 })),
        reference: null,
        goals: [p50(), rate({ atLeast: 3_000 })],
        isOfSigningWindow: true,
      };
    },
  },
  {
    name: 'thumbnail',
    title: 'thumbnail (200 px) by presigned URL',
    prepare: async (bench) => {
      const owner = await bench.account();
      const image = await bench.upload(owner, bench.pictures.large);
      const url = image.thumbnails[0]?.url ?? '';
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      const file = await keepPicture(bench.folder, 'thumbnail.jpg', bytes);
      return {
        run: asking(bench, [get(pathOf(url))]),
        reference: bareFile(bench, file),
        goals: [p50(), rate({ atLeast: 0.7, isRatio: true })],
      };
    },
  },
  {
    name: 'link-made',
    title: 'expiring link made',
    prepare: async (bench) => {
      const owner = await bench.account();
      const { id } = await bench.upload(owner, bench.pictures.small);
      const path = `/image/expiring/?image=${id}&expire_time=3000`;
      return {
        run: asking(bench, [{ method: 'POST', path, headers: owner.headers, status: 201 }]),
        reference: null,
        goals: [p50(), rate({ atLeast: 2_500 })],
      };
    },
  },
  {
    name: 'link-followed',
    title: 'expiring link followed (200 px)',
    prepare: (bench) => followed(bench, '&height=200', [p50(), rate({ atLeast: 3_000 })]),
  },
  {
    name: 'link-original',
    title: 'expiring link followed (original of 2.8 MB)',
    prepare: (bench) => followed(bench, '', [p50(), rate({ atLeast: 0.6, isRatio: true })], bench.pictures.large),
  },
  {
    name: 'login',
    title: 'login',
    prepare: async (bench) => {
      const requests: HttpRequest[] = [];
      for (let number = 0; number < 8; number += 1) {
        const { username } = await bench.account();
        const body = Buffer.from(JSON.stringify({ username, password: adminPassword }));
        const bodyFile = await keepPicture(bench.folder, `login-${username}.json`, body);
        const headers = { 'content-type': 'application/json' };
        requests.push({ method: 'POST', path: '/token/', headers, bodyFile, status: 200 });
      }
      const [row] = await bench.sql<{ hash: string }>(
        `SELECT password_hash AS hash FROM accounts WHERE username LIKE 'bench-%' AND password_hash IS NOT NULL LIMIT 1`,
      );
      const loop = { kind: 'argon2', hash: row?.hash ?? '', password: adminPassword } as const;
      return {
        run: asking(bench, requests),
        reference: () => loopReference('argon2id alone', loop),
        goals: [p50({ atMost: 1.3, isRatio: true }), rate({ atLeast: 0.85, isRatio: true })],
      };
    },
  },
  {
    name: 'upload-small',
    title: 'upload of 100 KB',
    prepare: (bench) => uploading(bench, bench.pictures.small, [p50({ atMost: 5 }), rate({ atLeast: 250 })]),
  },
  {
    name: 'upload',
    title: 'upload of 2.8 MB',
    prepare: (bench) =>
      uploading(bench, bench.pictures.large, [
        p50(),
        rate({ atLeast: 0.6, isRatio: true }),
        processor('server + PostgreSQL', 14),
      ]),
  },
  {
    name: 'thumbnails',
    title: 'upload of 12 megapixels to both thumbnails fetched',
    countsVary: true,
    prepare: async (bench) => {
      const owner = await bench.account();
      const loop = { kind: 'sharp', file: bench.pictures.large, heights: [200, 400] } as const;
      return {
        run: asking(bench, [uploadOf(owner, bench.pictures.large, { prefer: 'wait=30' })], {
          thenFetchThumbnails: true,
        }),
        reference: () => loopReference('sharp alone', loop, { everyCore: true }),
        goals: [
          p50({ atMost: 2, isRatio: true }),
          rate({ atLeast: 0.65, isRatio: true }),
          processor('all processes', 48),
          processor('function', 38),
        ],
        most: 100,
      };
    },
  },
];

export function uploadOf(owner: Account, bodyFile: string, headers: Record<string, string> = {}): HttpRequest {
  return {
    method: 'POST',
    path: '/image/upload?filename=photo-{n}.jpg',
    headers: { ...owner.headers, 'content-type': 'image/jpeg', ...headers },
    bodyFile,
    status: 201,
  };
}

async function uploading(bench: Bench, file: string, goals: Prepared['goals']): Promise<Prepared> {
  const owner = await bench.account();
  return {
    run: asking(bench, [uploadOf(owner, file)]),
    reference: () =>
      httpReference(
        { kind: 'upload', place: bench.folder, name: 'raw', clients: bench.clients },
        { method: 'POST', bodyFile: file, status: 201 },
      ),
    goals,
    most: file === bench.pictures.large ? 100 : 400,
  };
}

async function followed(bench: Bench, height: string, goals: Prepared['goals'], file?: string): Promise<Prepared> {
  const owner = await bench.account();
  const { id } = await bench.upload(owner, bench.pictures.large);
  const made = await bench.call(owner, 'POST', `/image/expiring/?image=${id}&expire_time=3000${height}`);
  if (made.status !== 201) throw new Error(`no link: ${await made.text()}`);
  const { url } = (await made.json()) as { url: string };
  return {
    run: asking(bench, [get(pathOf(url))]),
    reference: file === undefined ? null : bareFile(bench, file),
    goals,
  };
}
