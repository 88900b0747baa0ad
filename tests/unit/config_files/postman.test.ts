import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openApiDocument } from '../../../server/http/openapi.ts';
import { projectRoot } from '../../../server/project-root.ts';
import { allRoutes } from '../../support/all-routes.ts';

interface Item {
  name: string;
  item?: Item[];
  request?: { method: string; url: string | { raw: string } };
  event?: { listen: string; script: { exec: string[] } }[];
}

const folder = join(projectRoot, 'config_files/postman');
const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
const collection = (await read('darkroom.postman_collection.json')) as Item;
const requests = requestsOf(collection);
const document = openApiDocument({ publicUrl: 'https://darkroom.test', routes: allRoutes() });
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.keys(item).map((method) => ({ path, method: method.toUpperCase() })),
);

function requestsOf(item: Item): Item[] {
  return item.item ? item.item.flatMap(requestsOf) : [item];
}

/** HEAD is the GET of a stream that never ends; a link's address comes whole from the answer that made it. */
function callOf({ request }: Item) {
  const raw = typeof request?.url === 'string' ? request.url : (request?.url.raw ?? '');
  const path = raw.replace('{{linkUrl}}', '/e/token').replace('{{baseUrl}}', '').replace(/\?.*$/, '');
  return { method: request?.method.replace('HEAD', 'GET'), path: path.replace(/(?<=.)\/$/, '') };
}

describe('the Postman collection', () => {
  it.each(operations)('has $method $path', ({ path, method }) => {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '(?!(all|upload|events|expiring)$)[^/]+')}$`);
    expect(requests.map(callOf).filter((call) => call.method === method && pattern.test(call.path))).not.toEqual([]);
  });

  it('asserts something in every request', () => {
    const without = requests.filter(
      ({ event = [] }) =>
        !event.some(({ listen, script }) => listen === 'test' && /pm\.(test|expect)/.test(script.exec.join('\n'))),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('keeps no password or token', async () => {
    const environment = (await read('darkroom.postman_environment.json')) as {
      values: { key: string; value: string }[];
    };
    const secret = environment.values.filter(({ key }) => /^(password|.*token|access|refresh)$/i.test(key));
    expect(secret.map(({ value }) => value).join('')).toBe('');
    expect(JSON.stringify(collection)).not.toMatch(/eyJ[A-Za-z0-9_-]{10,}/);
  });
});
