import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { errorKinds } from '../../../../core/errors.ts';
import { openApiDocument } from '../../../../server/http/openapi.ts';
import { errorCodesOf } from '../../../../server/http/openapi-operation.ts';
import { allRoutes } from '../../../support/all-routes.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape of a JSON document is what is tested
type Json = Record<string, any>;

const routes = allRoutes();
const document: Json = JSON.parse(JSON.stringify(openApiDocument({ publicUrl: 'https://darkroom.test/path', routes })));
const operations = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, operation]) => ({ path, method, operation })),
);
const find = (operationId: string): Json =>
  operations.find(({ operation }) => operation.operationId === operationId)?.operation ?? {};

describe('the OpenAPI document', () => {
  it('is valid by an independent validator', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('has every route, and nothing else', () => {
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual(
      routes.map((route) => `${route.method} ${route.path}`).sort(),
    );
    expect(document.servers).toEqual([{ url: 'https://darkroom.test/path' }]);
  });

  it('says that an empty parameter of a query is allowed, and that of a path is not', () => {
    const parameters = operations.flatMap(({ operation }) => (operation.parameters ?? []) as Json[]);
    expect(parameters.some((parameter) => parameter.allowEmptyValue)).toBe(true);
    for (const parameter of parameters) {
      const isOptionalInQuery = parameter.in === 'query' && !parameter.required;
      expect([parameter.name, parameter.allowEmptyValue === true]).toEqual([parameter.name, isOptionalInQuery]);
    }
  });

  it('gives each operation an id of its own, words, a known tag and what it needs to log in', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map((tag: Json) => tag.name);
    for (const tag of document.tags) expect(tag.description).toEqual(expect.any(String));
    for (const { operation } of operations) {
      expect(operation.summary).toEqual(expect.any(String));
      expect(tags).toContain(operation.tags[0]);
      const route = routes.find(({ operationId }) => operationId === operation.operationId);
      expect(operation.security).toEqual(route?.auth === 'bearer' ? [{ bearer: [] }] : []);
    }
  });

  it('names every error code of a route under its status, with an example', () => {
    for (const route of routes) {
      const { responses } = find(route.operationId);
      for (const code of errorCodesOf(route)) {
        const content = responses[errorKinds[code].status].content['application/problem+json'];
        expect(content.schema).toEqual({ $ref: '#/components/schemas/Problem' });
        expect(content.examples[code].value).toMatchObject({ code, status: errorKinds[code].status });
      }
    }
  });

  it('shows path parameters as required and describes every parameter', () => {
    for (const { path, operation } of operations) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const inPath = (operation.parameters ?? []).filter((parameter: Json) => parameter.in === 'path');
      expect(inPath.map((parameter: Json) => [parameter.name, parameter.required])).toEqual(
        names.map((name) => [name, true]),
      );
      for (const parameter of operation.parameters ?? []) {
        const words = parameter.description ?? parameter.schema.description ?? parameter.schema.format;
        expect([operation.operationId, parameter.name, words ?? parameter.schema.examples]).toEqual([
          operation.operationId,
          parameter.name,
          expect.anything(),
        ]);
      }
    }
  });

  it('says what an Idempotency-Key is made of', () => {
    const key = find('uploadImage').parameters.find(({ name }: Json) => name === 'Idempotency-Key');
    expect(key).toMatchObject({ in: 'header', schema: { type: 'string', pattern: String.raw`^[\x21-\x7e]{1,255}$` } });
  });

  it('lets the parameters of a link stand in the query or in the body', () => {
    const { parameters, requestBody } = find('createLink');
    expect(parameters.map((parameter: Json) => [parameter.name, parameter.required ?? false])).toEqual([
      ['image', false],
      ['expire_time', false],
      ['max_uses', false],
      ['height', false],
    ]);
    expect(requestBody.required).toBe(false);
    expect(Object.keys(requestBody.content)).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ]);
    expect(document.components.schemas.NewLink.required).toEqual(['image', 'expire_time']);
  });

  it('knows components by their names', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Problem', 'Link', 'NewLink', 'Image', 'TokenPair', 'Credentials']),
    );
    expect(JSON.stringify(document)).not.toMatch(/__schema\d/);
  });
});
