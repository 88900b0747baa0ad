import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { AppError } from '../../core/errors.ts';
import type { AccountModel } from '../../server/accounts/account.model.ts';
import { loadActorOf } from '../../server/accounts/load-actor.ts';
import { mountRoutes } from '../../server/http/mount-routes.ts';
import { problemHandler } from '../../server/http/problem.ts';
import { findEndedListenersOf } from '../../server/images/ended-listeners.ts';
import { getImageOf } from '../../server/images/get-image.ts';
import { createImagePresenter } from '../../server/images/image.presenter.ts';
import { imageEventsRoutes } from '../../server/images/image-events.routes.ts';
import { createImageEvents } from '../../server/images/image-events.ts';
import { recordImageChange } from '../../server/images/record-image-change.ts';
import { createSignedUrls } from '../../server/images/signed-urls.ts';
import { watchImagesOf } from '../../server/images/watch-images.ts';
import { createThumbnailingWorld, silent, type ThumbnailingWorld } from '../support/thumbnailing-world.ts';

interface Received {
  id?: string;
  event?: string;
  data?: Record<string, unknown>;
}

describe('GET /image/events', () => {
  let world: ThumbnailingWorld;
  let owner: AccountModel;
  let server: Server;
  let url: string;
  let events: ReturnType<typeof createImageEvents>;
  const stopping = new AbortController();
  const clients: AbortController[] = [];

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    events = createImageEvents({ sequelize: world.sequelize, databaseUrl: world.database.url, logger: silent });
    events.start();
    const loadActor = loadActorOf(world);
    const routes = imageEventsRoutes({
      watchImages: watchImagesOf({
        imageEvents: events,
        getImage: getImageOf({
          sequelize: world.sequelize,
          presentImage: createImagePresenter({ signedUrls: createSignedUrls(world.store) }),
        }),
        loadActor,
      }),
      findEndedListeners: findEndedListenersOf(world),
      stopping: stopping.signal,
      heartbeatSeconds: 0.1,
    });
    const authenticate = async () => {
      const actor = await loadActor(owner.id);
      if (!actor) throw new AppError('token_not_valid', 'no');
      return actor;
    };
    const app = express().use(mountRoutes(routes, { authenticate })).use(problemHandler(silent));
    server = createServer(app).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/image/events`;
  });
  afterAll(async () => {
    stopping.abort();
    await new Promise((resolve) => server.close(resolve));
    await events.stop();
    await world.close();
  });
  beforeEach(async () => {
    owner = await world.buildAccount(await world.buildTier());
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.abort();
  });

  function tokenUntil(endsAt: number): string {
    const payload = Buffer.from(JSON.stringify({ exp: endsAt / 1000 })).toString('base64url');
    return `Bearer x.${payload}.y`;
  }
  async function connect(lastEventId?: string, endsAt = Date.now() + 60_000) {
    const client = new AbortController();
    clients.push(client);
    const headers = { authorization: tokenUntil(endsAt), ...(lastEventId && { 'last-event-id': lastEventId }) };
    const response = await fetch(url, { headers, signal: client.signal });
    const received: Received[] = [];
    let pings = 0;
    const ended = (async () => {
      let rest = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          if (block === ':') pings += 1;
          else received.push(parse(block));
        }
      }
    })().catch(() => {});
    const until = async (condition: () => boolean) => {
      for (let wait = 0; wait < 300 && !condition(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(condition()).toBe(true);
    };
    await until(() => received.some(({ id, event }) => id !== undefined && event === undefined));
    return { response, received, ended, until, pings: () => pings, close: () => client.abort() };
  }
  function parse(block: string): Received {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
    return { ...fields, ...(fields.data && { data: JSON.parse(fields.data) }) };
  }
  const imagesOf = (received: Received[]) => received.filter(({ event }) => event === 'image');

  it('sends the whole image when its thumbnails are made, and its deletion', async () => {
    const image = await world.buildImage(owner);
    const client = await connect();
    expect(client.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(client.response.headers.get('cache-control')).toBe('no-store, no-transform');
    await world.applyResult(await world.writeResult(image.objectKey, { version: 1, heights: [200], format: 'same' }));
    await client.until(() => imagesOf(client.received).length === 1);
    expect(imagesOf(client.received)[0]?.data).toMatchObject({
      id: image.id,
      name: image.name,
      status: 'ready',
      pendingHeights: [],
      thumbnails: [{ tierHeight: 200, contentType: 'image/png' }],
    });
    await world.sequelize.transaction(async (transaction) => {
      await recordImageChange(transaction, { ownerId: owner.id, imageIds: [image.id], deleted: true });
      await image.destroy({ transaction });
    });
    await client.until(() => imagesOf(client.received).length === 2);
    expect(imagesOf(client.received)[1]?.data).toEqual({ id: image.id, deleted: true });
  });

  it('resumes after Last-Event-ID', async () => {
    const image = await world.buildImage(owner);
    const first = await connect();
    const { id } = first.received.at(-1)!;
    first.close();
    await world.applyResult(await world.writeResult(image.objectKey, { version: 1, heights: [200], format: 'same' }));
    const second = await connect(id);
    expect(imagesOf(second.received).map(({ data }) => data?.id)).toEqual([image.id]);
  });

  it('says reset when Last-Event-ID is too old', async () => {
    const client = await connect(`1-${Date.now() - 25 * 3_600_000}`);
    expect(client.received.map(({ event }) => event)).toEqual([undefined, 'reset', undefined]);
  });

  it('shows that it lives', async () => {
    const client = await connect();
    await client.until(() => client.pings() >= 2);
  });

  it('ends when the access token does', async () => {
    const client = await connect(undefined, Date.now() + 300);
    await client.ended;
    expect(client.received.length).toBeGreaterThan(0);
  });

  it.each([
    ['is deactivated', { isActive: false }],
    ['has a new password', { tokenGeneration: 2 }],
  ])('ends when the account %s', async (_, change) => {
    const client = await connect();
    await owner.update(change);
    await client.ended;
  });

  it('goes on with a token from after the password change, while the one from before ends', async () => {
    const image = await world.buildImage(owner);
    const before = await connect();
    await owner.update({ tokenGeneration: 2 });
    const after = await connect();
    await before.ended;
    const pings = after.pings();
    await after.until(() => after.pings() >= pings + 2);
    await world.applyResult(await world.writeResult(image.objectKey, { version: 1, heights: [200], format: 'same' }));
    await after.until(() => imagesOf(after.received).length === 1);
    expect(imagesOf(before.received)).toEqual([]);
  });

  it.each([
    ['was deactivated', { isActive: false }],
    ['got a new password', { tokenGeneration: 2 }],
  ])('sends nothing more to an account that %s a moment ago', async (_, change) => {
    const image = await world.buildImage(owner);
    const client = await connect();
    await owner.update(change);
    await world.applyResult(await world.writeResult(image.objectKey, { version: 1, heights: [200], format: 'same' }));
    await client.ended;
    expect(imagesOf(client.received)).toEqual([]);
  });

  it('leaves nothing behind when the client goes', async () => {
    const client = await connect();
    expect(events.status().listeners).toBe(1);
    client.close();
    await client.until(() => events.status().listeners === 0);
  });

  it('answers HEAD without a stream', async () => {
    const response = await fetch(url, { method: 'HEAD', headers: { authorization: tokenUntil(Date.now() + 1000) } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(events.status().listeners).toBe(0);
  });

  it('ends when the server stops', async () => {
    const client = await connect();
    stopping.abort();
    await client.ended;
    expect(events.status().listeners).toBe(0);
  });
});
