import type { RequestHandler } from 'express';

/** The query as plain names to text, or to several texts: the service reads none by itself, and AdminJS expects one. */
export const readQuery: RequestHandler = (req, _res, next) => {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of new URL(req.originalUrl, 'http://panel.invalid').searchParams) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [before, value].flat());
  }
  Object.defineProperty(req, 'query', { value: Object.fromEntries(found), configurable: true });
  next();
};
