import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../server/project-root.ts';
import { allRoutes } from '../../support/all-routes.ts';

const text = readFileSync(join(projectRoot, 'docs/rest-by-example.md'), 'utf8');
const scripts = [...text.matchAll(/```sh\n(.*?)```/gs)]
  .map(([, script = '']) => script.replaceAll('\\\n', ' '))
  .join('');
const calls = scripts
  // The address of a link comes whole, an id from the answer before.
  .replaceAll('$(echo "$LINK" | json url)', '$URL/e/token')
  .replaceAll('$(echo "$LINK" | json id)', '$ID')
  .split('\n')
  .flatMap((line) => line.split('curl ').slice(1))
  .map((call) => {
    const method = / -X (\w+)/.exec(` ${call}`)?.[1] ?? (/ (-d|-F|--data-binary) /.test(call) ? 'POST' : 'GET');
    const path = /\$URL([^\s"'?]*)/.exec(call)?.[1] ?? 'no address';
    return { method, path: path.replace(/(?<=.)\/$/, '') };
  });
/** The page's own files are for the page. */
const routes = allRoutes().filter(({ operationId }) => operationId !== 'docsFile');

describe('the page of examples', () => {
  it.each(routes)('has one of $method $path', ({ method, path }) => {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '(\\$$\\w+|token)')}$`);
    expect(calls.filter((call) => call.method === method.toUpperCase() && pattern.test(call.path))).not.toEqual([]);
  });

  it('calls nothing that is not there', () => {
    const known = routes.map(({ path }) => path.replaceAll(/\{\w+\}/g, '*'));
    for (const { path } of calls) expect(known).toContain(path.replaceAll(/\$\w+|(?<=\/e\/)token/g, '*') || '/');
  });
});
