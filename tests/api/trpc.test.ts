import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  isNonJsonSerializable,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import type { AppRouter } from '../../server/app-router.ts';
import { type App, password, picture, startApp } from '../support/start-app.ts';

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

function clientOf(access?: string) {
  const url = `${app.url}/trpc`;
  const authorization = access ? { authorization: `Bearer ${access}` } : {};
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => isNonJsonSerializable(op.input),
        true: httpLink({ url, headers: { ...authorization, 'content-disposition': 'attachment; filename="cat.png"' } }),
        false: httpBatchLink({ url, headers: authorization, maxItems: 20 }),
      }),
    ],
  });
}

async function failure(call: Promise<unknown>): Promise<TRPCClientError<AppRouter>> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error(`no tRPC error: ${String(error)}`);
  return error;
}

const userClient = async (name: string, tier = 'Enterprise') => clientOf((await app.as(name, tier)).tokens.access);
const adminClient = async () => clientOf((await app.logIn('admin')).access);

describe('tRPC', () => {
  it('logs in, rotates and revokes as REST does', async () => {
    const auth = clientOf().auth;
    const pair = await auth.token.mutate({ username: 'admin', password });
    const next = await auth.refresh.mutate({ refresh: pair.refresh });
    expect(await auth.refresh.mutate({ refresh: pair.refresh })).toEqual(next);
    const last = await auth.refresh.mutate({ refresh: next.refresh });
    expect((await failure(auth.refresh.mutate({ refresh: pair.refresh }))).data).toMatchObject({
      code: 'token_not_valid',
      httpStatus: 401,
    });
    expect((await failure(auth.refresh.mutate({ refresh: last.refresh }))).data?.code).toBe('token_not_valid');
    const wrong = await failure(auth.token.mutate({ username: 'admin', password: 'not this one' }));
    expect(wrong.data?.code).toBe('invalid_credentials');
    expect(wrong.message).toBe('No active account found with the given credentials');
  });

  it('uploads a Blob, lists page by page, renames and deletes', async () => {
    const client = await userClient('trpc-images');
    const first = await client.images.upload.mutate(new Blob([new Uint8Array(await picture(1))]));
    expect(first).toMatchObject({ name: 'cat.png', contentType: 'image/png' });
    const second = await client.images.upload.mutate(new Blob([new Uint8Array(await picture(2))]));
    expect(second.name).toBe('cat-1.png');

    const page = await client.images.list.query({ limit: 1 });
    expect(page.items.map((image) => image.id)).toEqual([second.id]);
    const rest = await client.images.list.query({ limit: 1, cursor: page.nextCursor });
    expect(rest.items.map((image) => image.id)).toEqual([first.id]);
    expect(rest.nextCursor).toBeNull();

    await client.images.rename.mutate({ id: first.id, name: 'dog.png' });
    expect((await failure(client.images.rename.mutate({ id: second.id, name: 'dog.png' }))).data?.code).toBe(
      'name_taken',
    );
    await client.images.delete.mutate({ id: first.id });
    expect((await failure(client.images.get.query({ id: first.id }))).data?.code).toBe('not_found');
  });

  it('refuses what REST refuses, with the same codes and paths', async () => {
    const client = await userClient('trpc-refused', 'Basic');
    const invalid = await failure(client.images.list.query({ limit: 1001 }));
    expect(invalid.data).toMatchObject({ code: 'invalid_request', httpStatus: 400, errors: [{ path: 'limit' }] });
    const image = await client.images.upload.mutate(new Blob([new Uint8Array(await picture(3))]));
    expect((await failure(client.links.create.mutate({ image: image.id, expireTime: 300 }))).data?.code).toBe(
      'tier_forbids',
    );
    const tooShort = await failure(client.links.create.mutate({ image: image.id, expireTime: 1 }));
    expect(tooShort.data).toMatchObject({ code: 'invalid_request', errors: [{ path: 'expireTime' }] });
    for (const id of ['1', 'undefined', `${image.id}0`]) {
      const calls = [
        client.images.get.query({ id }),
        client.images.delete.mutate({ id }),
        client.links.revoke.mutate({ id }),
      ];
      for (const call of calls) {
        expect((await failure(call)).data).toMatchObject({ code: 'not_found', httpStatus: 404 });
      }
    }
    expect((await client.images.get.query({ id: image.id.toUpperCase() })).id).toBe(image.id);
    expect((await failure(client.images.upload.mutate(new Blob(['no image'])))).data?.code).toBe('unsupported_type');
    expect((await failure(client.users.list.query({}))).data?.code).toBe('permission_denied');
    expect((await failure(clientOf().me.query())).data?.code).toBe('not_authenticated');
    expect(JSON.stringify(invalid.shape)).not.toMatch(/stack|node_modules/);
  });

  it('makes, lists and revokes links', async () => {
    const client = await userClient('trpc-links');
    const image = await client.images.upload.mutate(new Blob([new Uint8Array(await picture(4))]));
    const link = await client.links.create.mutate({ image: image.name, expireTime: 300, maxUses: 2 });
    expect(link).toMatchObject({ image: image.id, expireTime: 300, maxUses: 2 });
    expect((await client.links.list.query()).map(({ id }) => id)).toEqual([link.id]);
    expect((await app.call(link.url)).status).toBe(200);
    await client.links.revoke.mutate({ id: link.id });
    expect((await app.call(link.url)).status).toBe(410);
  });

  it('lets staff manage users and tiers', async () => {
    const client = await adminClient();
    const tier = await client.tiers.create.mutate({ name: 'Posters', thumbnailHeights: [900, 100, 900] });
    expect(tier.thumbnailHeights).toEqual([100, 900]);
    const { id } = await client.users.create.mutate({ username: 'poster', password, tierId: tier.id });
    expect(await client.users.get.query({ id })).toMatchObject({ username: 'poster', tier: { name: 'Posters' } });
    const inUse = await failure(client.tiers.delete.mutate({ id: tier.id }));
    expect(inUse.data).toMatchObject({ code: 'in_use', httpStatus: 409 });
    await client.users.delete.mutate({ id });
    await client.tiers.delete.mutate({ id: tier.id });
    expect((await client.tiers.list.query()).map(({ name }) => name)).not.toContain('Posters');
  });

  it('changes a tier for staff who may not view tiers, and answers with what names it', async () => {
    const { id } = await (await adminClient()).tiers.create.mutate({ name: 'Blind', thumbnailHeights: [300] });
    const user = await app.as('blind-staff', 'Basic');
    const account = await app.models.Account.findOne({ where: { username: 'blind-staff' }, rejectOnEmpty: true });
    await account.update({ isStaff: true });
    await app.models.AccountPermission.create({ accountId: account.id, permission: 'tiers.change' });
    const client = clientOf(user.tokens.access);
    const changed = await client.tiers.update.mutate({ id, changes: { quotaBytes: 1_000_000 } });
    expect(changed).toEqual({ id, name: 'Blind' });
    expect((await failure(client.tiers.get.query({ id }))).data?.code).toBe('permission_denied');
    await (await adminClient()).tiers.delete.mutate({ id });
  });

  it('answers a batch of more than twenty calls with 400', async () => {
    const many = Array.from({ length: 21 }, () => 'me').join(',');
    const answer = await app.call(`/trpc/${many}?batch=1&input=${encodeURIComponent('{}')}`);
    expect(answer.status).toBe(400);
  });

  it('tells of changes as they happen, and after a break what was missed', async () => {
    const user = await app.as('trpc-events', 'Basic');
    const client = clientOf(user.tokens.access);
    const listen = async (lastEventId: string | null, until: (events: string[]) => boolean): Promise<string[]> => {
      const input = encodeURIComponent(JSON.stringify(lastEventId === null ? {} : { lastEventId }));
      const response = await fetch(`${app.url}/trpc/images.onChange?input=${input}`, {
        headers: { authorization: user.authorization, accept: 'text/event-stream' },
        signal: AbortSignal.timeout(10_000),
      });
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += new TextDecoder().decode(chunk);
        const events = text.split('\n\n').filter((event) => event.includes('data: '));
        // Leaving the loop ends the request.
        if (until(events)) return events;
      }
      throw new Error(`the stream ended: ${text}`);
    };
    const heard = listen(null, (events) => events.some((event) => event.includes('"ready"')));
    const image = await client.images.upload.mutate(new Blob([new Uint8Array(await picture(5))]));
    const events = await heard;
    const lastId = /^id: (.*)$/m.exec(events.at(-1) ?? '')?.[1] ?? '';
    expect(lastId).not.toBe('');
    await client.images.delete.mutate({ id: image.id });
    const missed = await listen(lastId, (later) => later.some((event) => event.includes('"deleted"')));
    expect(missed.join()).toContain(image.id);
  });
});
