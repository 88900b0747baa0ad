import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Link } from '../../../core/contracts/link.ts';
import { buildStoredImage } from '../../support/builders/build-stored-image.ts';
import { type LinksWorld, openLinksWorld } from '../../support/links-world.ts';
import { watchStatements } from '../../support/watch-statements.ts';

let world: LinksWorld;
let owner: { id: string };
let imageId: string;
beforeAll(async () => {
  world = await openLinksWorld();
  owner = await world.buildOwner();
  imageId = (await buildStoredImage(world, { ownerId: owner.id })).id;
});
afterAll(() => world.close());

async function makeLink(query = ''): Promise<Link> {
  const path = `/image/expiring?image=${imageId}&expire_time=600${query}`;
  const answer = await world.request(path, { method: 'POST', as: owner });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Link;
}

async function open(link: Link): Promise<number> {
  const answer = await world.request(new URL(link.url).pathname);
  await answer.arrayBuffer();
  return answer.status;
}

async function usesOf(link: Link): Promise<number | undefined> {
  const links = (await (await world.request('/image/expiring', { as: owner })).json()) as Link[];
  return links.find(({ id }) => id === link.id)?.uses;
}

describe('the uses of a link without a limit', () => {
  it('are all counted, also when many open it at once', async () => {
    const link = await makeLink();
    expect(await Promise.all(Array.from({ length: 60 }, () => open(link)))).toEqual(Array(60).fill(200));
    expect(await usesOf(link)).toBe(60);
  });

  it('cost one statement each to look it up, and are written many at a time', async () => {
    const link = await makeLink();
    const statements = watchStatements();
    await Promise.all(Array.from({ length: 60 }, () => open(link)));
    expect(await usesOf(link)).toBe(60);
    expect(statements.count('FROM expiring_links link\n      CROSS JOIN')).toBe(60);
    expect(statements.count('SET uses = link.uses +')).toBeLessThan(60);
    statements.stop();
  });

  it('are counted one by one where a link has a limit: no more than that get the image', async () => {
    const link = await makeLink('&max_uses=5');
    const statuses = await Promise.all(Array.from({ length: 20 }, () => open(link)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 410)).toHaveLength(15);
    expect(await usesOf(link)).toBe(5);
  });
});

describe('making a link', () => {
  it('costs two statements: who asks, and the link', async () => {
    const statements = watchStatements();
    await makeLink();
    expect(statements.texts()).toHaveLength(2);
    statements.stop();
  });
});
