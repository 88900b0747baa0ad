import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { AppError } from '../../../../core/errors.ts';
import { restPaths } from '../../../../server/http/rest-paths.ts';

function rewrite(method: string, url: string): string {
  const req = { method, url } as Request;
  let thrown: unknown;
  restPaths()(req, {} as Response, (error) => {
    thrown = error;
  });
  return thrown instanceof AppError ? `${thrown.status} ${thrown.allow ?? ''}`.trim() : req.url;
}

describe('addresses under /api', () => {
  it.each([
    ['GET', '/image/all', '/image/all'],
    ['GET', '/api/image/all/?limit=1&name=a%2Fb', '/image/all/?limit=1&name=a%2Fb'],
    ['POST', '/api/token', '/token'],
    ['GET', '/api/e/abc', '/e/abc'],
    ['GET', '/api', '/'],
    ['GET', '/api/', '/'],
    ['GET', '/api?x=1', '/?x=1'],
    ['GET', '/api/images', '/image/all'],
    ['HEAD', '/api/images/?limit=2', '/image/all?limit=2'],
    ['POST', '/api/images/?filename=a.png', '/image/upload?filename=a.png'],
    ['PATCH', '/api/images/0199', '/image/0199'],
    ['DELETE', '/api/images/0199/', '/image/0199/'],
    ['POST', '/api/images/expiring/?image=x', '/image/expiring/?image=x'],
    ['DELETE', '/api/images', '405 GET,HEAD,OPTIONS,POST'],
    ['GET', '/apis', '/apis'],
    ['GET', '/images', '/images'],
    ['GET', '/api/api/image/all', '404'],
    ['GET', '/api/admin', '404'],
    ['POST', '/api/trpc/me', '404'],
    ['GET', '/api/objects/originals/x', '404'],
    ['GET', '/api/administrator', '/administrator'],
    ['GET', 'http://elsewhere.test/api/image/all?x=1', '/image/all?x=1'],
    ['GET', 'http://elsewhere.test', '/'],
    ['GET', 'http://elsewhere.test//image///all', '/image/all'],
    ['GET', '//image/all', '/image/all'],
    ['GET', '///image//all///?name=a//b', '/image/all/?name=a//b'],
    ['GET', '//api//images//', '/image/all'],
    ['GET', '//api//admin', '404'],
    ['GET', '//api//trpc/me', '404'],
    ['GET', '//', '/'],
    ['GET', '/image/a%2F%2Fb', '/image/a%2F%2Fb'],
  ])('%s %s is %s', (method, url, expected) => {
    expect(rewrite(method, url)).toBe(expected);
  });
});
