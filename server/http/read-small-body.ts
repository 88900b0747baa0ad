import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { AppError, invalidField } from '../../core/errors.ts';
import { readMediaType } from './media-type.ts';
import { repeatedKeyIn } from './repeated-key.ts';
import { defaultSenderLimits, watchBody } from './watch-body.ts';

const maxBodyBytes = 64 * 1024;

export type Fields = Record<string, unknown>;

/**
 * A small body as an object: JSON, form or the fields of a multipart form. An absent body is `{}`. An empty field of a form is absent. A field that is
 * given twice, bytes that are not UTF-8, and keys that would reach a prototype are `invalid_request`.
 */
export async function readSmallBody(req: Request): Promise<Fields> {
  const encoding = req.headers['content-encoding'];
  if (encoding && encoding.toLowerCase() !== 'identity') {
    throw new AppError('unsupported_encoding', 'Send the body without Content-Encoding.');
  }
  const { type, parameters } = readMediaType(req.headers['content-type']);
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.slice('charset='.length);
  if (charset && !/^"?utf-?8"?$/i.test(charset)) throw new AppError('unsupported_type', 'Send the body as UTF-8.');

  const bytes = await readAll(req);
  if (bytes.length === 0) return {};
  if (type === 'application/json' || type.endsWith('+json')) return fieldsOf(parseJson(decode(bytes)));
  if (type === 'application/x-www-form-urlencoded') return givenOnceEach(new URLSearchParams(decode(bytes)));
  if (type === 'multipart/form-data') return parseMultipart(bytes, req.headers['content-type'] ?? '');
  throw new AppError('unsupported_type', 'Send JSON (`Content-Type: application/json`), a form, or multipart fields.');
}

async function readAll(req: Request): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  for await (const chunk of watchBody(req, { ...defaultSenderLimits, maxBytes: maxBodyBytes })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function tooLarge(): AppError {
  return new AppError('too_large', `The body may have ${maxBodyBytes} bytes at most.`);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not UTF-8.', { cause });
  }
}

/** The text of a small body, for who parses it elsewhere. */
export async function readSmallText(req: Request): Promise<string> {
  return decode(await readAll(req));
}

/** The value of a JSON text that has one meaning: names given twice and `__proto__` are `invalid_request`. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text, (key, inner) => {
      if (key === '__proto__') throw new SyntaxError('__proto__');
      return inner;
    });
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause });
  }
  const twice = repeatedKeyIn(text);
  if (twice !== null) throw invalidField(twice, 'is given twice; give it once');
  return value;
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new AppError('invalid_request', 'The body has to be a JSON object.');
}

/** The parameters of a query or the fields of a form, each once; an empty one, as forms send it, is as one not given. */
export function givenOnceEach(entries: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(Object.entries(onceEach(entries)).filter(([, value]) => value !== ''));
}

/** Each name once (OWASP ASVS 15.3.7, parameter pollution). */
export function onceEach(entries: Iterable<readonly [string, string]>): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of entries) {
    if (fields.has(name)) throw invalidField(name, 'is given twice; give it once');
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function parseMultipart(bytes: Buffer, contentType: string): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) =>
      reject(
        cause instanceof AppError ? cause : new AppError('invalid_request', 'The form cannot be read.', { cause }),
      );
    try {
      const entries: [string, string][] = [];
      // No listener for files: they are passed over. A limit of no files would leave the parser without an end.
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { fields: 100 } });
      parser.on('field', (name: string, value: string) => entries.push([name, value]));
      parser.on('error', fail);
      parser.on('finish', () => {
        try {
          resolve(givenOnceEach(entries));
        } catch (error) {
          fail(error);
        }
      });
      parser.end(bytes);
    } catch (error) {
      fail(error);
    }
  });
}
