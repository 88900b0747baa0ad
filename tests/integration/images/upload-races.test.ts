import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { eventually, type ImagesWorld, makePicture, openImagesWorld, sha256 } from '../../support/images-world.ts';

let world: ImagesWorld;
let owner: AccountModel;

beforeAll(async () => {
  world = await openImagesWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.buildOwner();
});

const countImages = () => world.models.Image.count({ where: { ownerId: owner.id } });

describe('uploads side by side', () => {
  it('with one name and different bytes are all kept, each with its own name and its own bytes', async () => {
    const pictures = await Promise.all(Array.from({ length: 50 }, (_, seed) => makePicture(seed)));
    const images = await Promise.all(pictures.map((picture) => world.uploaded(owner, picture, { name: 'cat.png' })));
    const names = Array.from({ length: 50 }, (_, n) => (n === 0 ? 'cat.png' : `cat-${n}.png`));
    expect(images.map((image) => image.name).sort()).toEqual(names.sort());
    for (const [index, image] of images.entries()) {
      expect(image.sha256).toBe(sha256(pictures[index]!));
      const row = await world.models.Image.findByPk(image.id, { rejectOnEmpty: true });
      const object = await world.store.get('originals', row.objectKey);
      expect(sha256(await buffer(object!.body))).toBe(image.sha256);
    }
  });

  it('with one name and on_conflict=error: one is kept', async () => {
    const picture = new Uint8Array(await makePicture(1));
    const sent = Array.from({ length: 20 }, () =>
      world.upload(owner, picture, { name: 'cat.png', query: '?on_conflict=error' }),
    );
    const statuses = (await Promise.all(sent)).map((response) => response.status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await countImages()).toBe(1);
  });

  it.each([['known'], ['unknown']])('of %s length never exceed the quota', async (length) => {
    const tier = await world.models.Tier.create({
      ...world.tier.get(),
      id: owner.id,
      name: `quota ${length}`,
      quotaBytes: 200_000,
    });
    await owner.update({ tierId: tier.id });
    const pictures = await Promise.all(Array.from({ length: 50 }, (_, seed) => makePicture(seed, { bytes: 20_000 })));
    const observer = world.another();
    let highest = 0;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const account = await observer.models.Account.findByPk(owner.id, { attributes: ['usedBytes'] });
        highest = Math.max(highest, account?.usedBytes ?? 0);
      }
    })();
    const answers = await Promise.all(
      pictures.map((picture) => {
        const bytes = new Uint8Array(picture);
        return world.upload(owner, length === 'known' ? bytes : new Blob([bytes]).stream());
      }),
    );
    isOver = true;
    await watching;
    const kept = answers.filter((answer) => answer.status === 201).length;
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201, 413]));
    if (length === 'known') expect(kept).toBe(10);
    expect(kept).toBeLessThanOrEqual(10);
    expect(highest).toBeLessThanOrEqual(200_000);
    expect(await countImages()).toBe(kept);
    expect((await owner.reload()).usedBytes).toBe(kept * 20_000);
  });
});

describe('an account that gets another tier', () => {
  it.each([
    ['at the end of an upload', 30_000],
    ['when an upload takes more of the quota', 600_000],
  ])('%s keeps the image', async (when, bytes) => {
    const tier = await world.models.Tier.create({ ...world.tier.get(), id: owner.id, name: when });
    const picture = await makePicture(1, { bytes });
    const { socket, until } = await world.rawUpload(owner, ['Transfer-Encoding: chunked', 'Connection: close']);
    const sendChunk = (chunk: Buffer) => {
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
    };
    sendChunk(picture.subarray(0, 10_000));
    await eventually(async () => expect(await countImages()).toBe(1));
    await world.sequelize.transaction(async (transaction) => {
      await owner.update({ tierId: tier.id }, { transaction });
      sendChunk(picture.subarray(10_000));
      socket.write('0\r\n\r\n');
      await eventually(async () => {
        const [waiting] = await world.sequelize.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting).not.toHaveLength(0);
      });
    });
    expect(await until('"id"')).toMatch(/^HTTP\/1\.1 201 /);
    socket.destroy();
  });
});
