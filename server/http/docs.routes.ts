import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { openApiDocument } from './openapi.ts';
import { docsPage, docsPagePolicy, docsScript, docsStyle } from './pages/docs-page.ts';
import { homePage, homePagePolicy } from './pages/home-page.ts';
import { defineRoute, type Route } from './route.ts';
import { createAsset, type StaticAsset, sendAsset } from './static-asset.ts';

export interface DocsRoutesDeps {
  publicUrl: string;
  /** What there is to document, beside the routes made here. */
  routes: readonly Route[];
}

const tag = 'Service';
const html = 'text/html; charset=utf-8';
const javascript = 'text/javascript; charset=utf-8';
const css = 'text/css; charset=utf-8';
const keptForEver = 'public, max-age=31536000, immutable';
const askedEachTime = 'no-cache';
const unchanged = { 304: { description: 'It has not changed.' } };

const fromSwagger = (file: string) => () => readFile(join(swaggerUiFolder(), file));

/** The files of the documentation page, none of another host. */
const docsFiles: Record<string, { contentType: string; contents: () => string | Promise<Buffer> }> = {
  'page.css': { contentType: css, contents: () => docsStyle },
  'page.js': { contentType: javascript, contents: () => docsScript },
  'swagger-ui.css': { contentType: css, contents: fromSwagger('swagger-ui.css') },
  'swagger-ui-bundle.js': { contentType: javascript, contents: fromSwagger('swagger-ui-bundle.js') },
  'favicon-32x32.png': { contentType: 'image/png', contents: fromSwagger('favicon-32x32.png') },
};

/** The first page, the document of all routes (these too), and the page to browse it. */
export function docsRoutes({ publicUrl, routes }: DocsRoutesDeps): Route[] {
  const path = new URL(publicUrl).pathname.replace(/\/$/, '');
  const asset = once((file: string) => loadFile(file));
  const home = once(() => createAsset(html, homePage({ publicUrl })));
  const page = once(async () => {
    const versions = await Promise.all(Object.keys(docsFiles).map(async (file) => [file, (await asset(file)).version]));
    return createAsset(html, docsPage({ path, assets: Object.fromEntries(versions) }));
  });
  const document = once(() =>
    createAsset(
      'application/json; charset=utf-8',
      JSON.stringify(openApiDocument({ publicUrl, routes: [...routes, ...own] })),
    ),
  );

  const own: Route[] = [
    defineRoute({
      method: 'get',
      path: '/',
      operationId: 'home',
      tag,
      summary: 'What this is',
      auth: 'none',
      responses: { 200: { description: 'A page for people.', contentTypes: ['text/html'] }, ...unchanged },
      errors: [],
      handler: async ({ req, res }) => {
        res.setHeader('Content-Security-Policy', homePagePolicy);
        return sendAsset(req, res, await home(), askedEachTime);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/openapi.json',
      operationId: 'openApi',
      tag,
      summary: 'This document',
      auth: 'none',
      responses: {
        200: {
          description: 'OpenAPI 3.1.',
          schema: z.looseObject({ openapi: z.string() }),
          headers: { ETag: 'Of it.' },
        },
        ...unchanged,
      },
      errors: [],
      handler: async ({ req, res }) => sendAsset(req, res, await document(), askedEachTime),
    }),
    defineRoute({
      method: 'get',
      path: '/docs',
      operationId: 'docs',
      tag,
      summary: 'This document, to browse and to try',
      auth: 'none',
      responses: { 200: { description: 'A page for people.', contentTypes: ['text/html'] }, ...unchanged },
      errors: [],
      handler: async ({ req, res }) => {
        res.setHeader('Content-Security-Policy', docsPagePolicy);
        return sendAsset(req, res, await page(), askedEachTime);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/docs/{file}',
      operationId: 'docsFile',
      tag,
      summary: 'A file of the documentation page',
      auth: 'none',
      params: z.object({ file: z.string().meta({ examples: Object.keys(docsFiles) }) }),
      responses: {
        200: { description: 'The file.', contentTypes: ['text/css', 'text/javascript', 'image/png'] },
        ...unchanged,
      },
      errors: [],
      handler: async ({ req, res, params }) => {
        const file = await asset(params.file);
        const isCurrent = req.originalUrl.endsWith(`?v=${file.version}`);
        return sendAsset(req, res, file, isCurrent ? keptForEver : askedEachTime);
      },
    }),
  ];
  return own;
}

async function loadFile(name: string): Promise<StaticAsset> {
  const file = Object.hasOwn(docsFiles, name) ? docsFiles[name] : undefined;
  if (!file) throw new AppError('not_found', 'There is nothing at this address.');
  return createAsset(file.contentType, await file.contents());
}

/** Makes a value when it is first asked for, by its name; what fails is tried again. */
function once<Names extends string[], Value>(
  make: (...names: Names) => Promise<Value>,
): (...names: Names) => Promise<Value> {
  const made = new Map<string, Promise<Value>>();
  return (...names) => {
    const key = names.join();
    const known = made.get(key);
    if (known) return known;
    const value = make(...names);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}
