import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Image } from '../../../core/contracts/image.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { eventually, type ImagesWorld, makePicture, openImagesWorld } from '../../support/images-world.ts';

let world: ImagesWorld;
let owner: AccountModel;
let picture: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  world = await openImagesWorld();
  picture = new Uint8Array(await makePicture(1, { bytes: 100_000 }));
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.buildOwner();
});

const send = async (
  key: string,
  { as = owner, body = picture as RequestInit['body'], name = 'cat.png', query = '' } = {},
) => {
  const response = await world.upload(as, body, { name, query, headers: { 'idempotency-key': key } });
  const answer = (await response.json()) as Image & { code?: string };
  return { http: response.status, replayed: response.headers.get('idempotency-replayed'), ...answer };
};
const countImages = () => world.models.Image.count({ where: { ownerId: owner.id } });

describe('Idempotency-Key', () => {
  it('gives the same image again, presented anew', async () => {
    const first = await send('a');
    await world.models.Image.update(
      { status: 'failed', failureCode: 'undecodable', failureMessage: 'Broken.' },
      { where: { id: first.id } },
    );
    const again = await send('a');
    expect(first).toMatchObject({ http: 201, replayed: null, status: 'processing' });
    expect(again).toMatchObject({ http: 201, replayed: 'true', id: first.id, name: 'cat.png', status: 'failed' });
    expect(await countImages()).toBe(1);
    expect((await owner.reload()).usedBytes).toBe(picture.length);
  });

  it('does so for a form with another boundary and a body of unknown length too', async () => {
    const first = await send('a');
    expect(await send('a', { body: new Blob([picture]).stream() })).toMatchObject({ http: 201, id: first.id });
    const form = new FormData();
    form.set('file', new Blob([picture]), 'form.png');
    const post = async () => {
      const headers = { 'idempotency-key': 'form' };
      const response = await world.request('/image/upload', { method: 'POST', as: owner, body: form, headers });
      return (await response.json()) as Image;
    };
    expect((await post()).id).toBe((await post()).id);
    expect(await countImages()).toBe(2);
  });

  it('works when the quota is used up by the first', async () => {
    const tier = await world.models.Tier.create({
      ...world.tier.get(),
      id: owner.id,
      name: 'full',
      quotaBytes: picture.length,
    });
    await owner.update({ tierId: tier.id });
    const first = await send('a');
    expect(await send('a')).toMatchObject({ http: 201, id: first.id });
    expect(await send('b')).toMatchObject({ http: 413 });
  });

  it('with another name, query or body is 422, and nothing is stored', async () => {
    await send('a');
    const others = [
      { name: 'dog.png' },
      { query: '?on_conflict=error' },
      { body: new Uint8Array(await makePicture(2)) as RequestInit['body'] },
    ];
    for (const other of others) {
      expect(await send('a', other)).toMatchObject({ http: 422, code: 'idempotency_mismatch' });
    }
    expect(await countImages()).toBe(1);
  });

  it('belongs to one account', async () => {
    const other = await world.buildOwner();
    const first = await send('a');
    const second = await send('a', { as: other });
    expect(second).toMatchObject({ http: 201, replayed: null });
    expect(second.id).not.toBe(first.id);
  });

  it('while the first request runs is 409', async () => {
    const raw = await world.rawUpload(owner, [
      `Content-Length: ${picture.length}`,
      'Idempotency-Key: a',
      'Content-Disposition: attachment; filename="cat.png"',
    ]);
    raw.socket.write(picture.subarray(0, 50_000));
    await eventually(async () => expect(await countImages()).toBe(1));
    expect(await send('a')).toMatchObject({ http: 409, code: 'idempotency_running' });
    raw.socket.write(picture.subarray(50_000));
    expect(await raw.until('"id"')).toContain('HTTP/1.1 201');
    raw.socket.destroy();
    expect(await send('a')).toMatchObject({ http: 201, replayed: 'true' });
  });

  it('of fifty requests at once makes one image', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send('a')));
    expect(answers.filter((answer) => answer.http === 201 && answer.replayed === null)).toHaveLength(1);
    expect(answers.every((answer) => answer.http === 201 || answer.code === 'idempotency_running')).toBe(true);
    expect(await countImages()).toBe(1);
  });

  it('is free again after a failure', async () => {
    expect(await send('a', { body: 'no picture at all, by any means' })).toMatchObject({ http: 415 });
    expect(await send('a')).toMatchObject({ http: 201, replayed: null });
  });

  it('is free again when the image is deleted, for another request too', async () => {
    const first = await send('a');
    expect((await world.request(`/image/${first.id}`, { method: 'DELETE', as: owner })).status).toBe(204);
    expect(await send('a', { name: 'dog.png' })).toMatchObject({ http: 201, replayed: null, name: 'dog.png' });
  });

  it('is free again by lease after a crash, with name and quota', async () => {
    const first = await send('a');
    await world.sequelize.query(
      `UPDATE images SET state = 'uploading', sha256 = NULL, upload_lease_until = now() + interval '1 second',
         reserved_bytes = bytes WHERE id = $1`,
      { bind: [first.id] },
    );
    expect(await send('a')).toMatchObject({ http: 409, code: 'idempotency_running' });
    await sleep(1_100);
    const again = await send('a');
    expect(again).toMatchObject({ http: 201, replayed: null, name: 'cat.png' });
    expect(again.id).not.toBe(first.id);
    expect((await owner.reload()).usedBytes).toBe(picture.length);
    expect(await countImages()).toBe(1);
  });

  it('is free again after 24 hours', async () => {
    const first = await send('a');
    await world.sequelize.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    const again = await send('a');
    expect(again).toMatchObject({ http: 201, name: 'cat-1.png' });
    expect(again.id).not.toBe(first.id);
  });
});
