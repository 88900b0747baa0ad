import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { makePicture } from '../../support/images-world.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let admin: PanelClient;
let owner: AccountModel;
let picture: Buffer;

beforeAll(async () => {
  world = await openPanelWorld();
  admin = await world.loggedIn();
  const tier = await buildTier(world.models, { maxUploadBytes: 5_000, quotaBytes: 9_000 });
  owner = await buildAccount(world.models, { tierId: tier.id });
  picture = await makePicture(1);
});
afterAll(() => world.close());

const octets = { 'content-type': 'application/octet-stream' };
const upload = (client: PanelClient, ownerId: string, body: Buffer, name = 'cat.png') =>
  client.post(`/admin/upload/${ownerId}?filename=${encodeURIComponent(name)}`, new Uint8Array(body), octets);
const code = async (response: Response) => ((await response.json()) as { problem: { code: string } }).problem.code;

describe('an upload on behalf of a user', () => {
  it('is the user’s image, and the log tells who sent it', async () => {
    const { account, client } = await world.staffWith('images.add');
    const response = await upload(client, owner.id, picture, 'müde <b>.png');
    expect(response.status).toBe(201);
    const { id, name } = (await response.json()) as { id: string; name: string };
    expect(name).toBe('müde <b>.png');
    const image = await world.models.Image.findByPk(id, { rejectOnEmpty: true });
    expect(image).toMatchObject({ ownerId: owner.id, state: 'stored', bytes: picture.length });
    expect((await owner.reload()).usedBytes).toBe(picture.length);
    const entry = await world.models.AuditEntry.findOne({ where: { recordId: id }, rejectOnEmpty: true });
    expect(entry).toMatchObject({ actorId: account.id, action: 'upload', resource: 'images', recordTitle: name });
  });

  it('gets a free name, and has to be a picture within the tier and the quota', async () => {
    const name = async (response: Response) => ((await response.json()) as { name: string }).name;
    expect(await name(await upload(admin, owner.id, picture, 'twice.png'))).toBe('twice.png');
    expect(await name(await upload(admin, owner.id, picture, 'twice.png'))).toBe('twice-1.png');
    expect(await code(await upload(admin, owner.id, Buffer.from('no picture at all, really')))).toBe(
      'unsupported_type',
    );
    expect(await code(await upload(admin, owner.id, await makePicture(2, { bytes: 5_001 })))).toBe('too_large');
    const large = await makePicture(3, { bytes: 4_900 });
    expect((await upload(admin, owner.id, large)).status).toBe(201);
    expect(await code(await upload(admin, owner.id, large))).toBe('quota_exceeded');
    expect(await code(await upload(admin, owner.id, picture, '..'))).toBe('invalid_filename');
  });

  it('needs the right, a session and a page of ours, and leaves nothing without them', async () => {
    const before = await world.models.Image.count();
    const { client } = await world.staffWith('images.view', 'images.change', 'users.view');
    expect(await code(await upload(client, owner.id, picture))).toBe('permission_denied');
    expect(await code(await upload(world.client(), owner.id, picture))).toBe('not_authenticated');
    const address = `/admin/upload/${owner.id}?filename=x.png`;
    const body = new Uint8Array(picture);
    for (const headers of [{ origin: 'https://elsewhere.test' }, { 'sec-fetch-site': 'cross-site' }] as object[]) {
      const foreign = await admin.post(address, body, { ...octets, ...headers });
      expect([foreign.status, await code(foreign)]).toEqual([403, 'permission_denied']);
    }
    expect((await admin.fetch(address, { method: 'POST', body, headers: octets })).status).toBe(403);
    expect((await admin.get(address)).status).toBe(405);
    expect(await world.models.Image.count()).toBe(before);
  });

  it('is offered on the page of an active user, to who may', async () => {
    const inactive = await buildAccount(world.models, { tierId: world.tier.id, isActive: false });
    const offered = async (client: PanelClient, id: string) => {
      const answer = await client.get(`/admin/api/resources/users/records/${id}/images`);
      return ((await answer.json()) as { section?: { canUpload: boolean } }).section?.canUpload;
    };
    const { client: looking } = await world.staffWith('users.view', 'images.view');
    const { client: adding } = await world.staffWith('users.view', 'images.view', 'images.add');
    const { client: stranger } = await world.staffWith('images.view', 'images.add');
    expect(await offered(looking, owner.id)).toBe(false);
    expect(await offered(adding, owner.id)).toBe(true);
    expect(await offered(adding, inactive.id)).toBe(false);
    expect(await offered(stranger, owner.id)).toBeUndefined();
  });

  it('is for active users alone', async () => {
    const inactive = await buildAccount(world.models, { tierId: world.tier.id, isActive: false });
    for (const id of [inactive.id, '0199aaaa-0000-7000-8000-00000000dead', 'nobody']) {
      expect([id, (await upload(admin, id, picture)).status]).toEqual([id, 404]);
    }
  });

  it('that is cut off leaves nothing', async () => {
    const rich = await buildAccount(world.models, { tierId: world.tier.id });
    const body = await makePicture(4, { bytes: 400_000 });
    await new Promise<void>((resolve) => {
      const sending = request(`${world.url}/admin/upload/${rich.id}?filename=cut.png`, {
        method: 'POST',
        headers: { ...octets, cookie: admin.cookie, origin: world.publicUrl, 'content-length': body.length },
      });
      sending.on('error', () => resolve());
      sending.write(body.subarray(0, 200_000), () => setTimeout(() => sending.destroy(), 50));
      sending.on('close', () => resolve());
    });
    const gone = async () => {
      const { usedBytes } = await rich.reload();
      return usedBytes === 0 && (await world.models.Image.count({ where: { ownerId: rich.id } })) === 0;
    };
    while (!(await gone())) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await world.models.AuditEntry.count({ where: { recordTitle: 'cut.png' } })).toBe(0);
  });
});
