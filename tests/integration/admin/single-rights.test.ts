import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActionDecorator } from 'adminjs';
import { v7 as uuidV7 } from 'uuid';
import { createAdmin } from '../../../admin/panel-app.ts';
import { type Permission, permissions, type Resource } from '../../../server/kernel/permissions.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

interface PanelAction {
  resource: Resource;
  name: string;
  action: ActionDecorator;
}

/** The panel's own lists: an action, a field or a right that is added is walked over without a word here. */
let world: PanelWorld;
let superuser: PanelClient;
let actions: PanelAction[];
let titleFields: Record<string, string>;
beforeAll(async () => {
  world = await openPanelWorld();
  superuser = await world.loggedIn();
  const { resources } = createAdmin({ ...world, useCases: {} } as never);
  actions = resources.flatMap((resource) =>
    Object.entries(resource.decorate().actions).map(([name, action]) => ({
      resource: resource.id() as Resource,
      name,
      action,
    })),
  );
  titleFields = Object.fromEntries(
    resources.map((resource) => [resource.id(), resource.decorate().titleProperty().name()]),
  );
});
afterAll(() => world.close());

const resources = [...new Set(permissions.map(({ resource }) => resource))];
/** Of a tier, what its users and their links show as their own. */
const toldElsewhere = ['quotaBytes', 'expiringLinkMinSeconds', 'expiringLinkMaxSeconds'];
/** Moments of this run, which several records share. */
const shared = /^(createdAt|updatedAt|dateJoined|at|requestId)$/;
let made = 0;

type Ids = Record<Resource, string>;

/** One record of each kind, its values like no other's. */
async function makeRecords(): Promise<Ids> {
  made += 1;
  const n = made;
  const { models } = world;
  const tier = await buildTier(models, {
    name: `Walked tier ${n}`,
    thumbnailHeights: [200],
    quotaBytes: 5_000_000_000 + n,
    maxUploadBytes: 70_000_000 + n,
    expiringLink: true,
    expiringLinkMinSeconds: 100_000 + n,
    expiringLinkMaxSeconds: 400_000 + n,
  });
  const user = await buildAccount(models, {
    username: `walked-user-${n}`,
    email: `unseen-${n}@example.org`,
    tierId: world.tier.id,
    usedBytes: 8_000_000 + n,
    lastLogin: new Date(1_700_000_000_000 + n),
  });
  const owner = await buildAccount(models, { username: `walked-owner-${n}`, tierId: tier.id });
  const image = await world.addImage({ ownerId: owner.id, name: `walked-image-${n}.png` });
  const link = await models.ExpiringLink.create({
    id: uuidV7(),
    imageId: image.id,
    ownerId: owner.id,
    expireTimeSeconds: 300_000 + n,
    expiresAt: new Date(Date.now() + 600_000),
  });
  const group = await models.Group.create({ id: uuidV7(), name: `walked-group-${n}` });
  const entry = await models.AuditEntry.create({
    id: uuidV7(),
    actorName: 'admin',
    action: 'change',
    resource: 'log',
    recordTitle: `walked-title-${100_000 + n}`,
    address: `192.0.2.${n % 256}, entry ${100_000 + n}`,
    changes: { email: { to: `walked-change-${n}@example.org` } },
  });
  return { users: user.id, tiers: tier.id, images: image.id, links: link.id, groups: group.id, log: entry.id };
}

/** What a superuser reads of a record in its fields, where nothing else has the same. */
async function valuesOf(resource: Resource, id: string): Promise<string[]> {
  const { record } = await superuser.show(resource, id);
  return Object.entries(record.params)
    .filter(([name]) => name !== titleFields[resource] && !shared.test(name) && !/(^i|I)d(s\.\d+)?$/.test(name))
    .filter(([name]) => !toldElsewhere.includes(name))
    .map(([, value]) => String(value))
    .filter((text) => text.length >= 6 && /\d{4}|@/.test(text));
}

/** Enough for any action: each takes what it knows. */
function payload(ids: Ids, resource: Resource, version: unknown) {
  made += 1;
  return {
    ids: [ids[resource]],
    version,
    name: `walked-${made}`,
    username: `walked-${made}`,
    email: '',
    password: 'four grey clouds',
    passwordAgain: 'four grey clouds',
    tierId: world.tier.id,
    to: world.tier.id,
    thumbnailHeights: [300],
    permissions: [],
    expire_time: 200_000,
  };
}

interface Answer {
  call: string;
  status: number;
  text: string;
}

function addressOf({ resource, name, action }: PanelAction, ids: Ids): string {
  const id = ids[resource];
  const address = `/admin/api/resources/${resource}`;
  if (action.isRecordType()) return `${address}/records/${id}/${name}`;
  if (action.isBulkType()) return `${address}/bulk/${name}?recordIds=${id}`;
  return `${address}/actions/${name}`;
}

/** What an action answers to who may read its page, and to who does it. */
async function ask(client: PanelClient, one: PanelAction, ids: Ids): Promise<Answer[]> {
  const address = addressOf(one, ids);
  const call = `${one.resource}.${one.name}`;
  const page = await client.get(address);
  const read = { call: `GET ${call}`, status: page.status, text: await page.text() };
  const { version } = (await superuser.show(one.resource, ids[one.resource])).record.params;
  const done = await client.post(address, payload(ids, one.resource, version));
  return [read, { call: `POST ${call}`, status: done.status, text: await done.text() }];
}

/** All else that the panel answers: pages, files, and lists narrowed by the id of a record of another kind. */
async function askAround(client: PanelClient, ids: Ids): Promise<Answer[]> {
  const filters = {
    ownerId: 'users',
    imageId: 'images',
    tierId: 'tiers',
    groupIds: 'groups',
    ownerTier: 'tiers',
  } as const;
  const narrowed = resources.flatMap((resource) =>
    ['list', 'facets'].flatMap((action) =>
      Object.entries(filters).map(
        ([filter, of]) => `/admin/api/resources/${resource}/actions/${action}?filters.${filter}=${ids[of]}`,
      ),
    ),
  );
  const searches = resources.map((resource) => `/admin/api/resources/${resource}/actions/search/walked`);
  const pages = ['/admin', '/admin/api/dashboard', '/admin/api/pages/account', '/admin/api/pages/guide'];
  const files = resources.flatMap((resource) => [`/admin/export/${resource}.csv`, `/admin/export/${resource}.json`]);
  const answers: Answer[] = [];
  for (const path of [...pages, ...searches, ...narrowed, ...files]) {
    const response = files.includes(path) ? await client.post(path) : await client.get(path);
    answers.push({ call: path, status: response.status, text: await response.text() });
  }
  return answers;
}

interface PanelRecord {
  params: object;
  populated: object;
}

/** Every record in an answer, however deep. */
function recordsIn(value: unknown): PanelRecord[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(recordsIn);
  return 'params' in value && 'populated' in value ? [value as PanelRecord, ...inside] : inside;
}

/** What opens a picture. */
const opener = /X-Amz-Signature|\/e\/[\w-]{16}/;

/** Walks over everything with these rights; gives the actions that did what they are for. */
async function walk(rights: Permission[]): Promise<{ allowed: string[]; done: Set<string> }> {
  const { client, account } = await world.staffWith(...rights);
  const user = { actor: await world.loadActor(account.id) };
  const mayView = (resource: Resource) => rights.includes(`${resource}.view` as Permission);
  const done = new Set<string>();
  const allowed: string[] = [];
  const hidden = resources.filter((resource) => !mayView(resource));
  const unseenNow = async (ids: Ids) =>
    (await Promise.all(hidden.map((resource) => valuesOf(resource, ids[resource])))).flat();
  const check = ({ call, status, text }: Answer, unseen: string[]) => {
    const found = unseen.filter((value) => text.includes(value));
    const opens = mayView('images') ? undefined : opener.exec(text)?.[0];
    expect({ call, status, found, opens }).toEqual({ call, status, found: [], opens: undefined });
  };

  let ids = await makeRecords();
  for (const one of actions) {
    const call = `${one.resource}.${one.name}`;
    if (!one.action.isAccessible(user as never)) {
      const { status } = await client.post(addressOf(one, ids), payload(ids, one.resource, 1));
      expect([call, status]).toEqual([call, 403]);
      continue;
    }
    allowed.push(call);
    // The one before may have changed or deleted them.
    ids = await makeRecords();
    const unseen = await unseenNow(ids);
    for (const answer of await ask(client, one, ids)) {
      check(answer, unseen);
      if (answer.status < 300) done.add(call);
      if (mayView(one.resource)) continue;
      for (const { params, populated } of recordsIn(JSON.parse(answer.text))) {
        const more = Object.keys(params).filter((name) => name !== 'id' && name !== titleFields[one.resource]);
        expect({ ...answer, more, populated }).toEqual({ ...answer, more: [], populated: {} });
      }
    }
  }

  ids = await makeRecords();
  const unseen = await unseenNow(ids);
  for (const answer of await askAround(client, ids)) check(answer, unseen);
  return { allowed, done };
}

const all = permissions.map(({ permission }) => permission);

describe('what staff may not view', () => {
  it('has values that are like no other, in every resource', async () => {
    const ids = await makeRecords();
    for (const resource of resources.filter((one) => one !== 'groups')) {
      expect([resource, (await valuesOf(resource, ids[resource])).length > 0]).toEqual([resource, true]);
    }
  });

  it.each(all.map((right) => [right]))(
    'is known to them by id and title alone, with %s and nothing else',
    async (right) => {
      const { allowed, done } = await walk([right]);
      expect(allowed.filter((call) => !done.has(call) && !needsMore.includes(call))).toEqual([]);
    },
  );

  it.each(resources.map((resource) => [resource]))('is unseen with every right but to view: %s', async (resource) => {
    await walk(all.filter((right) => right !== `${resource}.view`));
  });
});

/** What one right opens and another one is asked for too. */
const needsMore = ['links.showLink'];
