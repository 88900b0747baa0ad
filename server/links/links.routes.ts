import type { Request, Response } from 'express';
import { z } from 'zod';
import { createLinkRequestSchema, type Link, linkSchema } from '../../core/contracts/link.ts';
import { AppError } from '../../core/errors.ts';
import type { ObjectInfo } from '../../core/storage/object-store.ts';
import { isPrefetch } from '../http/is-prefetch.ts';
import { objectSecurityHeaders } from '../http/object-security-headers.ts';
import { linkPage, linkPagePolicy } from '../http/pages/link-page.ts';
import { headersOfContent } from '../http/problem.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { sendObject } from '../http/send-object.ts';
import { streamJsonArray } from '../http/stream-json-array.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { nothingBehind, type OpenedLink } from './open-link.ts';

export interface LinksRoutesDeps {
  createLink: (actor: Actor, wish: unknown) => Promise<Link>;
  listLinks: (actor: Actor, filter: { image?: string }) => AsyncIterable<Link>;
  revokeLink: (actor: Actor, linkId: string, origin: Origin) => Promise<void>;
  openLink: (token: string) => Promise<OpenedLink>;
}

const tag = 'Expiring links';

export function linksRoutes({ createLink, listLinks, revokeLink, openLink }: LinksRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/image/expiring',
      operationId: 'createLink',
      tag,
      summary: 'Make an expiring link',
      description: [
        'The parameters may stand in the query, in a form or in JSON; each of them in one place.',
        'They are checked in this order: the parameters themselves (400, naming the bounds), that the image exists',
        '(404), that the tier has `expiringLink` (403 `tier_forbids`). `originalLink` is not needed. A thumbnail that',
        'is not made yet is 409 `not_ready`; the original works while the image is processed.',
        'JSON may say `expireTime` and `maxUses` as well.',
      ].join('\n'),
      auth: 'bearer',
      limitedAs: 'links',
      body: createLinkRequestSchema,
      bodyFromQuery: true,
      responses: { 201: { description: 'The link.', schema: linkSchema } },
      errors: [
        'invalid_request',
        'tier_forbids',
        'not_found',
        'not_ready',
        'too_large',
        'unsupported_type',
        'unsupported_encoding',
      ],
      handler: async ({ actor, body }) => ({ status: 201, body: await createLink(actor, body) }),
    }),
    defineRoute({
      method: 'get',
      path: '/image/expiring',
      operationId: 'listLinks',
      tag,
      summary: 'Your expiring links',
      description:
        'Newest first. A link that ended or was used up stays for 30 days, so that `uses` can be read; one that was revoked does not. Links that staff made to your images are yours, and here.',
      auth: 'bearer',
      query: z.object({
        image: z.string().optional().describe('Only the links of this image: its id, else its exact name.'),
      }),
      responses: { 200: { description: 'The links.', schema: z.array(linkSchema) } },
      errors: ['invalid_request'],
      handler: async ({ req, res, actor, query }) => streamJsonArray(req, res, listLinks(actor, query)),
    }),
    defineRoute({
      method: 'delete',
      path: '/image/expiring/{id}',
      operationId: 'revokeLink',
      tag,
      summary: 'Revoke an expiring link',
      description:
        'From now on it is 410. Revoking it again is 204 too. Staff with `links.delete` may revoke any link.',
      auth: 'bearer',
      params: z.object({ id: z.uuid() }),
      responses: { 204: { description: 'It is revoked.' } },
      errors: ['not_found'],
      handler: async ({ actor, params, origin }) => {
        await revokeLink(actor, params.id, origin);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/e/{token}',
      operationId: 'openLink',
      tag,
      summary: 'The image behind an expiring link',
      description: [
        'No login. The bytes come with their true type; Range, `If-Range`, `If-None-Match` and the other conditions of',
        'RFC 9110 work. A big image may come from the object store, by a redirect to a URL that works for 60 seconds at',
        'most and never longer than the link; a link with `max_uses` never redirects.',
        'A use is a GET that is answered 200 or 206: HEAD, 304 and a redirect are none.',
        'An answer that is still running when the link expires is cut off. Nothing may keep a copy (`no-store`).',
        'A browser that fetches a link with `max_uses` in advance (`Sec-Purpose: prefetch`) gets 503 `prefetch_refused`,',
        'which is not a use. With `Accept: text/html` a 404 or 410 is a small page.',
      ].join('\n'),
      auth: 'none',
      params: z.object({ token: z.string().describe('43 characters of base64url.') }),
      headers: {
        Range: 'One range of bytes.',
        'If-None-Match': 'The ETag of the bytes that you have.',
        'If-Range': 'Gives the range only if the bytes are still those.',
      },
      responses: {
        200: { description: 'The bytes.', contentTypes: ['image/*'], headers: objectHeaders },
        206: {
          description: 'The range that was asked for.',
          contentTypes: ['image/*'],
          headers: { ...objectHeaders, 'Content-Range': 'Which bytes these are.' },
        },
        302: {
          description: 'The bytes are at the object store.',
          headers: { Location: 'A presigned URL of 60 seconds at most.' },
        },
        304: { description: 'The bytes that you have are right.' },
      },
      errors: ['not_found', 'link_ended', 'precondition_failed', 'range_not_satisfiable', 'prefetch_refused'],
      handler: async ({ req, res, params }) => {
        try {
          return await serveLink(req, res, await openLink(params.token));
        } catch (error) {
          if (!isForPerson(error) || res.headersSent) throw error;
          res.vary('Accept');
          if (req.accepts(['application/problem+json', 'application/json', 'text/html']) !== 'text/html') throw error;
          return sendLinkPage(req, res, error);
        }
      },
    }),
  ];
}

const objectHeaders = {
  ETag: 'Changes when the bytes do.',
  'Last-Modified': 'Since when the bytes are there.',
  'Accept-Ranges': '`bytes`',
  'Content-Disposition': '`inline`, with the name of the image.',
};

async function serveLink(req: Request, res: Response, link: OpenedLink): Promise<undefined> {
  res.setHeader('Cache-Control', 'private, no-store');
  res.setHeader('Referrer-Policy', 'no-referrer');
  if (link.hasLimitedUses && req.method === 'GET' && isPrefetch(req)) throw notInAdvance();
  const url = req.method === 'GET' ? link.redirect() : null;
  if (url) {
    res.status(302).setHeader('Location', url).end();
    return;
  }
  res.setHeader('Content-Disposition', link.contentDisposition);
  for (const [name, value] of Object.entries(objectSecurityHeaders)) res.setHeader(name, value);
  const end = setTimeout(() => res.destroy(), link.remainingMs);
  const status = await sendObject(req, res, {
    head: link.look,
    get: link.read,
    beforeBody: link.takeUse,
    refusal: notAsAsked,
  }).finally(() => clearTimeout(end));
  if (status === null) throw nothingBehind();
}

function isForPerson(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'link_ended' || error.code === 'not_found');
}

function sendLinkPage(req: Request, res: Response, { status, code, detail }: AppError): undefined {
  res.locals.problemCode = code;
  for (const name of headersOfContent) res.removeHeader(name);
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Security-Policy', linkPagePolicy);
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  const title = code === 'not_found' ? 'There is no image at this link' : 'This link no longer works';
  const page = Buffer.from(linkPage({ title, text: detail }));
  res.setHeader('Content-Length', page.length);
  res.status(status).end(req.method === 'HEAD' ? undefined : page);
}

function notInAdvance(): AppError {
  return new AppError('prefetch_refused', 'This link counts how often it is opened. Open it to see the image.');
}

function notAsAsked(status: 412 | 416, info: ObjectInfo): AppError {
  if (status === 412) return new AppError('precondition_failed', 'The image is not the one that you have.');
  return new AppError('range_not_satisfiable', `The image has ${info.bytes} bytes; ask for some of them.`);
}
