import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryTypes } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { createImageEvents, type ImageEvent } from '../../../server/images/image-events.ts';
import { recordImageChange } from '../../../server/images/record-image-change.ts';
import { createThumbnailingWorld, silent, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe('image events', () => {
  let world: ThumbnailingWorld;
  let owner: AccountModel;
  const open: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    world = await createThumbnailingWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    owner = await world.buildAccount(await world.buildTier());
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.stop()));
  });

  async function server() {
    const events = createImageEvents({ sequelize: world.sequelize, databaseUrl: world.database.url, logger: silent });
    open.push(events);
    events.start();
    while (!events.status().isConnected) await sleep(5);
    return events;
  }
  const change = (imageIds = [uuidV7()], more: { ownerId?: string; deleted?: boolean } = {}) =>
    world.sequelize.transaction((transaction) =>
      recordImageChange(transaction, { ownerId: owner.id, imageIds, ...more }),
    );
  /** Reads on in the background. */
  function subscribe(
    events: Awaited<ReturnType<typeof server>>,
    lastEventId: string | null = null,
    ownerId = owner.id,
  ) {
    const ending = new AbortController();
    const seen: ImageEvent[] = [];
    const ids = () => seen.flatMap((event) => (event.type === 'image' ? [event.imageId] : []));
    const done = (async () => {
      for await (const event of events.subscribe({ ownerId, lastEventId, signal: ending.signal })) seen.push(event);
    })();
    done.catch(() => {});
    const reader = {
      seen,
      ids,
      until: async (condition: () => boolean) => {
        for (let wait = 0; wait < 400 && !condition(); wait += 1) await sleep(10);
        expect(condition()).toBe(true);
      },
      stop: async () => {
        ending.abort();
        await done;
      },
    };
    open.push(reader);
    return reader;
  }
  const opened = async (reader: ReturnType<typeof subscribe>) => {
    await reader.until(() => reader.seen.some((event) => event.type === 'position'));
    return reader;
  };

  it('tell a listener what changes, in order, and only of its own account', async () => {
    const reader = await opened(subscribe(await server()));
    const stranger = await world.buildAccount(await world.buildTier());
    const [first, second] = [uuidV7(), uuidV7()];
    await change([first]);
    await change([uuidV7()], { ownerId: stranger.id });
    await change([second], { deleted: true });
    await reader.until(() => reader.ids().length === 2);
    expect(reader.ids()).toEqual([first, second]);
    expect(reader.seen.at(-1)).toMatchObject({ deleted: true });
  });

  it('reach listeners of another server', async () => {
    const readers = await Promise.all([opened(subscribe(await server())), opened(subscribe(await server()))]);
    await change();
    for (const reader of readers) await reader.until(() => reader.ids().length === 1);
  });

  it('say nothing of a transaction that fails', async () => {
    const reader = await opened(subscribe(await server()));
    const failing = world.sequelize.transaction(async (transaction) => {
      await recordImageChange(transaction, { ownerId: owner.id, imageIds: [uuidV7()] });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow();
    await change();
    await reader.until(() => reader.ids().length === 1);
  });

  it('go on after the last one that was seen', async () => {
    const events = await server();
    const first = await opened(subscribe(events));
    const ids = [uuidV7(), uuidV7(), uuidV7(), uuidV7()];
    await change([ids[0]!]);
    await first.until(() => first.ids().length === 1);
    const cursor = first.seen.at(-1)!.cursor;
    await first.stop();
    await change([ids[1]!]);
    await change([ids[2]!]);
    const second = await opened(subscribe(events, cursor));
    await change([ids[3]!]);
    await second.until(() => second.ids().length === 3);
    expect(second.ids()).toEqual(ids.slice(1));
  });

  it('go on for who came and left before anything happened', async () => {
    const events = await server();
    const first = await opened(subscribe(events));
    await first.stop();
    await change();
    const second = await opened(subscribe(events, first.seen[0]!.cursor));
    expect(second.ids()).toHaveLength(1);
  });

  it('tell a replayed image once, with its last change', async () => {
    const events = await server();
    const cursor = (await opened(subscribe(events))).seen[0]!.cursor;
    const [image, other] = [uuidV7(), uuidV7()];
    for (const id of [image, other, image, image]) await change([id]);
    await change([image], { deleted: true });
    const reader = await opened(subscribe(events, cursor));
    expect(reader.ids()).toEqual([other, image]);
    expect(reader.seen).toContainEqual(expect.objectContaining({ imageId: image, deleted: true }));
  });

  it.each([
    ['is older than a day', () => `1-${Date.now() - 24 * 3_600_000 - 1000}`],
    ['is of a later time than the database', () => `99999999-${Date.now()}`],
    ['is no cursor', () => 'yesterday'],
  ])('ask to read the list anew when Last-Event-ID %s', async (_, lastEventId) => {
    const events = await server();
    await change();
    const reader = await opened(subscribe(events, lastEventId()));
    expect(reader.seen.map(({ type }) => type)).toEqual(['reset', 'position']);
    await change();
    await reader.until(() => reader.ids().length === 1);
  });

  it('miss nothing that happened while the connection was broken', async () => {
    const events = await server();
    const readers = await Promise.all([opened(subscribe(events)), opened(subscribe(events))]);
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await world.sequelize.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'darkroom listen'`,
      );
      for (let count = 0; count < 5; count += 1) {
        ids.push(uuidV7());
        await change([ids.at(-1)!]);
      }
      for (const reader of readers) await reader.until(() => reader.ids().length >= ids.length);
    }
    for (const reader of readers) expect(reader.ids()).toEqual(ids);
  });

  it('are numbered in the order of their commits: who has seen one misses none below it', async () => {
    const events = await server();
    const reader = await opened(subscribe(events));
    await Promise.all(
      Array.from({ length: 60 }, () =>
        world.sequelize.transaction(async (transaction) => {
          await sleep(Math.random() * 20);
          await recordImageChange(transaction, { ownerId: owner.id, imageIds: [uuidV7()] });
          await sleep(Math.random() * 10);
        }),
      ),
    );
    await reader.until(() => reader.ids().length === 60);
    const numbers = reader.seen.flatMap(({ type, cursor }) => (type === 'image' ? [Number.parseInt(cursor, 10)] : []));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('miss nothing between the replay and the live part, however often somebody comes back', async () => {
    const events = await server();
    const ids: string[] = [];
    const cursor = (await opened(subscribe(events))).seen[0]!.cursor;
    let isOver = false;
    const writing = (async () => {
      for (let count = 0; count < 150; count += 1) {
        ids.push(uuidV7());
        await change([ids.at(-1)!]);
      }
      isOver = true;
    })();
    const heard = new Set<string>();
    for (let last = cursor; !isOver || heard.size < ids.length; ) {
      const reader = await opened(subscribe(events, last));
      await sleep(15);
      await reader.stop();
      for (const id of reader.ids()) heard.add(id);
      last = reader.seen.at(-1)!.cursor;
    }
    await writing;
    expect([...heard]).toEqual(ids);
  });

  it('wake who waits for one image', async () => {
    const events = await server();
    const imageId = uuidV7();
    const heard: string[] = [];
    const unlisten = events.listen(owner.id, (noted) => heard.push(noted.imageId));
    await change([imageId]);
    for (let wait = 0; wait < 200 && heard.length === 0; wait += 1) await sleep(5);
    expect(heard).toEqual([imageId]);
    unlisten();
    expect(events.status().listeners).toBe(0);
  });

  it('end for a listener who reads too slowly, who can come back and misses nothing', async () => {
    const events = await server();
    const ending = new AbortController();
    const slow = events.subscribe({ ownerId: owner.id, lastEventId: null, signal: ending.signal });
    const { value: position } = await slow.next();
    const ids = Array.from({ length: 5_001 }, () => uuidV7());
    await change(ids);
    await sleep(300);
    expect((await slow.next()).done).toBe(true);
    const again = await opened(subscribe(events, (position as ImageEvent).cursor));
    expect(new Set(again.ids())).toEqual(new Set(ids));
  });

  it('cost an idle listener little: five thousand of them, one connection, a few kilobytes each', async () => {
    const listeners = spawn(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', 'tests/support/listen-idly.ts', world.database.url, owner.id, '5000'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const said = createInterface({ input: listeners.stdout })[Symbol.asyncIterator]();
      const answer = async () => JSON.parse((await said.next()).value ?? 'null');
      expect((await answer())?.bytesPerListener).toBeLessThan(8_000);
      const [connections] = await world.sequelize.query<{ listening: number }>(
        `SELECT count(*)::integer AS listening FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'darkroom listen'`,
        { type: QueryTypes.SELECT },
      );
      expect(connections).toEqual({ listening: 1 });
      await change();
      expect(await answer()).toEqual({ heard: 5_000 });
    } finally {
      listeners.kill('SIGKILL');
    }
  });
});
