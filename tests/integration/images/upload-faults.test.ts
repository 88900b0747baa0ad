import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { AppError } from '../../../core/errors.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { sweepDeadUploadsOf } from '../../../server/thumbnailing/sweep-dead-uploads.ts';
import {
  eventually,
  type ImagesWorld,
  makePicture,
  nothingLeft,
  openImagesWorld,
  sha256,
} from '../../support/images-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

let world: ImagesWorld;
let owner: AccountModel;
const silent = pino({ level: 'silent' });

beforeAll(async () => {
  world = await openImagesWorld({ leaseSeconds: 1.5, sender: { idleMilliseconds: 600, minBytesPerSecond: 10_000 } });
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.buildOwner();
});
afterEach(async () => {
  for (const name of Object.keys(world.faults)) Reflect.deleteProperty(world.faults, name);
  world.logged.length = 0;
  // Accounts first, as the service locks them: what a test has begun may still be ending.
  await world.sequelize.query(
    'UPDATE accounts SET used_bytes = 0, is_active = true; DELETE FROM images; DELETE FROM tombstones',
  );
  for (const bucket of ['originals', 'thumbnails'] as const) {
    for await (const { key } of world.disk.list(bucket, '')) await world.disk.delete(bucket, [key]);
  }
});

const serverFaults = () => world.logged.filter((line) => line.level >= 50);

describe('a connection that breaks', () => {
  it.each(['RST', 'FIN'].flatMap((how) => [1, 50, 99].map((percent) => [how, percent] as const)))(
    'by %s after %d %% leaves nothing and is no fault of the server',
    async (how, percent) => {
      const picture = await makePicture(1, { bytes: 400_000 });
      const { socket, until } = await world.rawUpload(owner, [`Content-Length: ${picture.length}`]);
      await new Promise((resolve) => socket.write(picture.subarray(0, (picture.length * percent) / 100), resolve));
      if (percent > 1) await eventually(async () => expect(await world.models.Image.count()).toBe(1));
      if (how === 'RST') socket.resetAndDestroy();
      else socket.end();
      await until();
      await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
      await eventually(() => expect(world.logged.some((line) => line.msg === 'request')).toBe(true));
      expect(serverFaults()).toEqual([]);
    },
  );

  it('in the middle of a chunked body or a form leaves nothing', async () => {
    const picture = await makePicture(1, { bytes: 100_000 });
    const form = Buffer.concat([
      Buffer.from('--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'),
      picture,
    ]);
    for (const [headers, body] of [
      [['Transfer-Encoding: chunked'], Buffer.concat([Buffer.from(`${picture.length.toString(16)}\r\n`), picture])],
      [['Content-Type: multipart/form-data; boundary=XX', `Content-Length: ${form.length + 10}`], form],
    ] as const) {
      const { socket } = await world.rawUpload(owner, [...headers]);
      socket.write(body);
      await eventually(async () => expect(await world.models.Image.count()).toBe(1));
      socket.destroy();
      await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
    }
    expect(serverFaults()).toEqual([]);
  });

  it('while the store still writes leaves nothing either', async () => {
    world.faults.put = async (...args) => {
      const info = await world.disk.put(...args);
      await sleep(300);
      return info;
    };
    const picture = await makePicture(1);
    const { socket } = await world.rawUpload(owner, [`Content-Length: ${picture.length}`]);
    socket.write(picture);
    await eventually(async () => expect(await world.models.Image.count()).toBe(1));
    socket.destroy();
    await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
  });
});

describe('a Content-Length that lies', () => {
  it('and is larger than the body is 400 and keeps nothing, also of a form and of chunks', async () => {
    const picture = await makePicture(1, { bytes: 50_000 });
    const form = '--XX\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n';
    for (const [header, body] of [
      [`Content-Length: ${picture.length + 1}`, picture],
      [`Content-Length: ${picture.length + 1}`, picture.subarray(0, 5)],
      [`Content-Length: ${picture.length + 1}\r\nIdempotency-Key: a`, picture],
      [
        'Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 60000',
        Buffer.concat([Buffer.from(form), picture]),
      ],
      ['Transfer-Encoding: chunked', Buffer.concat([Buffer.from('ffff\r\n'), picture])],
    ] as const) {
      for (const pause of [0, 50]) {
        const { socket, until } = await world.rawUpload(owner, [header]);
        socket.write(body);
        await sleep(pause);
        socket.end();
        const answer = await until();
        expect(answer).toMatch(/^HTTP\/1.1 400 /);
        expect(answer).toContain('"incomplete_body"');
      }
    }
    expect(serverFaults()).toEqual([]);
    await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
  });

  it('and is smaller than the body keeps no truncated image', async () => {
    const picture = await makePicture(1, { bytes: 50_000 });
    for (const missing of [1, 100, 10_000]) {
      const { socket, until } = await world.rawUpload(owner, [`Content-Length: ${picture.length - missing}`]);
      socket.write(picture);
      expect(await until()).not.toContain('HTTP/1.1 2');
    }
    await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
    expect(serverFaults()).toEqual([]);
  });
});

describe('a body without end', () => {
  it('is cut at the limit with 413', async () => {
    const tier = await world.models.Tier.create({
      ...world.tier.get(),
      id: owner.id,
      name: 'small',
      maxUploadBytes: 200_000,
    });
    await owner.update({ tierId: tier.id });
    const { socket, until } = await world.rawUpload(owner, ['Transfer-Encoding: chunked']);
    const first = await makePicture(1, { bytes: 65_536 });
    const zeros = Buffer.alloc(65_536);
    const chunk = (bytes: Buffer) => Buffer.concat([Buffer.from('10000\r\n'), bytes, Buffer.from('\r\n')]);
    socket.write(chunk(first));
    const timer = setInterval(() => socket.writable && socket.write(chunk(zeros)), 1);
    const answer = await until('too_large');
    clearInterval(timer);
    socket.destroy();
    expect(answer).toContain('HTTP/1.1 413');
    await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
  });
});

describe('a slow sender', () => {
  it('that falls silent gets 408 and leaves nothing', async () => {
    const { socket, until } = await world.rawUpload(owner, ['Content-Length: 100000']);
    socket.write(await makePicture(1, { bytes: 50_000 }));
    expect(await until('request_timeout')).toContain('HTTP/1.1 408');
    await eventually(async () => expect(await world.leftovers()).toEqual(nothingLeft));
    socket.destroy();
  });

  it('that drips gets 408 too', async () => {
    const { socket, until } = await world.rawUpload(owner, ['Content-Length: 100000']);
    const picture = await makePicture(1);
    let sent = 0;
    const timer = setInterval(() => socket.write(picture.subarray(sent, ++sent)), 20);
    expect(await until('request_timeout')).toContain('HTTP/1.1 408');
    clearInterval(timer);
    socket.destroy();
  });

  it('is not who waits for a slow store', async () => {
    world.faults.put = async (bucket, key, body, options) => {
      await sleep(1_500);
      return world.disk.put(bucket, key, body, options);
    };
    const picture = await makePicture(1, { bytes: 2_000_000 });
    expect((await world.upload(owner, new Uint8Array(picture))).status).toBe(201);
  });
});

describe('Expect: 100-continue', () => {
  it('asks for the body when the head is right', async () => {
    const picture = await makePicture(1);
    const { socket, until } = await world.rawUpload(owner, [
      `Content-Length: ${picture.length}`,
      'Expect: 100-continue',
    ]);
    expect(await until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(picture);
    expect(await until('"id"')).toContain('HTTP/1.1 201');
    socket.destroy();
  });

  it.each([
    [['Connection: close'], /\r\nconnection: close\r\n/i],
    [[], /\r\nconnection: keep-alive\r\n/i],
  ])('keeps the connection or not as it was asked to: %j', async (headers, connection) => {
    const picture = await makePicture(1);
    const { socket, until } = await world.rawUpload(owner, [
      `Content-Length: ${picture.length}`,
      'Expect: 100-continue',
      ...headers,
    ]);
    await until('100 Continue\r\n\r\n');
    socket.write(picture);
    expect(await until('"id"')).toMatch(connection);
    socket.destroy();
  });

  it.each([
    ['a size above the limit', ['Content-Length: 99999999999'], '413'],
    ['a wrong type', ['Content-Length: 10', 'Content-Type: text/html'], '415'],
    ['a wrong name', ['Content-Length: 10', 'Content-Disposition: attachment'], '400'],
  ])('is answered at once for %s', async (_what, headers, status) => {
    const { socket, until } = await world.rawUpload(owner, [...headers, 'Expect: 100-continue']);
    const answer = await until('problem+json');
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    expect(answer.toLowerCase()).toContain('connection: close');
    socket.destroy();
  });

  it('is answered at once for a quota that is used up', async () => {
    const tier = await world.models.Tier.create({ ...world.tier.get(), id: owner.id, name: 'none', quotaBytes: 5 });
    await owner.update({ tierId: tier.id });
    const { socket, until } = await world.rawUpload(owner, ['Content-Length: 10', 'Expect: 100-continue']);
    expect(await until('problem+json')).toMatch(/^HTTP\/1.1 413/);
    socket.destroy();
  });
});

describe('a store that fails', () => {
  const away = () => Promise.reject(new AppError('unavailable', 'The object store does not answer.'));

  it('before the body is 503 in bounded time, and name and quota are free again', async () => {
    world.faults.put = away;
    const response = await world.upload(owner, new Uint8Array(await makePicture(1, { bytes: 500_000 })), {
      name: 'cat.png',
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBeTruthy();
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
    expect(await world.leftovers()).toEqual(nothingLeft);
    Reflect.deleteProperty(world.faults, 'put');
    expect((await world.uploaded(owner, await makePicture(1), { name: 'cat.png' })).name).toBe('cat.png');
  });

  it('after it took the bytes leaves a tombstone, so that they go', async () => {
    world.faults.put = async (...args) => {
      await world.disk.put(...args);
      return away();
    };
    const response = await world.upload(owner, new Uint8Array(await makePicture(1)));
    expect(response.status).toBe(503);
    expect(await world.leftovers()).toEqual(nothingLeft);
    expect(await world.models.Tombstone.count()).toBe(1);
  });

  it('and cannot delete either is left to the sweep', async () => {
    world.faults.put = async (...args) => {
      await world.disk.put(...args);
      return away();
    };
    world.faults.delete = away;
    expect((await world.upload(owner, new Uint8Array(await makePicture(1)))).status).toBe(503);
    expect(await world.leftovers()).toMatchObject({ rows: 0, usedBytes: 0, originals: 1 });
    expect(await world.models.Tombstone.count()).toBe(1);
  });
});

describe('a database that fails', () => {
  /** Uploads while the statement that makes it an image fails: it is never sent, or its answer is lost. */
  async function uploadWithFault(when: 'before' | 'after') {
    const statements = watchStatements({
      [when]: (text: string) => {
        if (text.includes("SET state = 'stored'")) throw new Error('the connection is gone');
      },
    });
    const actor = (await world.loadActor(owner.id))!;
    const body = Readable.from([await makePicture(1)]);
    const uploaded = await world
      .uploadImage(actor, { body, name: 'cat.png', onConflict: 'rename' })
      .finally(() => statements.stop());
    expect(statements.count("SET state = 'stored'")).toBe(1);
    return uploaded;
  }

  it('at the last statement leaves nothing', async () => {
    await expect(uploadWithFault('before')).rejects.toThrow('the connection is gone');
    expect(await world.leftovers()).toEqual(nothingLeft);
  });

  it('after the last statement has taken the image in all the same', async () => {
    const { image } = await uploadWithFault('after');
    expect(image).toMatchObject({ name: 'cat.png', sha256: sha256(await makePicture(1)) });
    expect(await world.leftovers()).toMatchObject({ rows: 1, originals: 1, usedBytes: image.bytes });
    expect(await world.models.Tombstone.count()).toBe(0);
  });
});

describe('an account that ends while it uploads', () => {
  const slowBody = (picture: Buffer) =>
    Readable.from(
      (async function* () {
        yield picture.subarray(0, 1_000);
        await sleep(300);
        yield picture.subarray(1_000);
      })(),
    );
  async function uploadWhile(change: () => Promise<unknown>) {
    const actor = (await world.loadActor(owner.id))!;
    const uploading = world.uploadImage(actor, {
      body: slowBody(await makePicture(1, { bytes: 9_000 })),
      name: null,
      onConflict: 'rename',
    });
    uploading.catch(() => {});
    await eventually(async () => expect(await world.models.Image.count()).toBe(1));
    await change();
    return uploading;
  }

  it('by deactivation is 401, and nothing stays', async () => {
    await expect(uploadWhile(() => owner.update({ isActive: false }))).rejects.toMatchObject({ status: 401 });
    expect(await world.leftovers()).toEqual(nothingLeft);
  });

  it('by deletion is 401, and nothing stays', async () => {
    const deletion = async () => {
      await world.models.Image.destroy({ where: { ownerId: owner.id } });
      await owner.destroy();
    };
    await expect(uploadWhile(deletion)).rejects.toMatchObject({ status: 401 });
    expect(await world.leftovers()).toEqual(nothingLeft);
    expect(await world.models.Tombstone.count()).toBe(1);
  });
});

describe('the lease of an upload', () => {
  it('is renewed while the upload lives, and ends when its process is silent', async () => {
    const picture = await makePicture(1, { bytes: 9_000 });
    const body = new Readable({ read() {} });
    body.push(picture.subarray(0, 5_000));
    const actor = (await world.loadActor(owner.id))!;
    const uploading = world.uploadImage(actor, { body, name: 'cat.png', onConflict: 'rename' });
    const sweep = sweepDeadUploadsOf({ ...world, logger: silent });
    for (let look = 0; look < 5; look += 1) {
      await sleep(500);
      expect(await sweep(new AbortController().signal)).toEqual({ ended: 0 });
    }
    body.push(picture.subarray(5_000));
    body.push(null);
    expect((await uploading).image.sha256).toBe(sha256(picture));
  });

  it('that is past frees the name for the next upload, before the sweep comes', async () => {
    const image = await world.uploaded(owner, await makePicture(1), { name: 'cat.png' });
    await world.sequelize.query(
      `UPDATE images SET state = 'uploading', reserved_bytes = bytes, upload_lease_until = now() - interval '1 second'`,
    );
    const again = await world.upload(owner, new Uint8Array(await makePicture(2)), {
      name: 'cat.png',
      query: '?on_conflict=error',
    });
    expect(again.status).toBe(201);
    expect(await world.leftovers()).toMatchObject({ rows: 1, originals: 1, usedBytes: (await makePicture(2)).length });
    expect(await world.models.Tombstone.count({ where: { imageId: image.id } })).toBe(1);
  });

  it('that another server took away ends the upload, and nothing stays', async () => {
    const body = new Readable({ read() {} });
    body.push(await makePicture(1));
    const actor = (await world.loadActor(owner.id))!;
    const uploading = world.uploadImage(actor, { body, name: null, onConflict: 'rename' });
    uploading.catch(() => {});
    await eventually(async () => expect(await world.models.Image.count()).toBe(1));
    await world.sequelize.query(`UPDATE images SET upload_lease_until = now() - interval '1 second'`);
    expect(await sweepDeadUploadsOf({ ...world, logger: silent })(new AbortController().signal)).toEqual({ ended: 1 });
    await expect(uploading).rejects.toMatchObject({ code: 'unavailable' });
    expect(await world.leftovers()).toEqual(nothingLeft);
  });
});
