import type { Readable } from 'node:stream';
import type { Request } from 'express';
import { AppError, invalidField } from '../../core/errors.ts';
import { promisedDigestOf } from './content-digest.ts';
import { filenameOf } from './content-disposition.ts';
import { readMediaType } from './media-type.ts';
import { maxFormOverheadBytes, readMultipartFile } from './multipart-file.ts';
import { searchOf } from './search-of.ts';
import { type SenderLimits, watchBody } from './watch-body.ts';

export interface UploadBody {
  /** The file's bytes. It ends only when the whole request was read and is right. */
  contents: Readable;
  /** From Content-Disposition, else `?filename=`, else the form's part; null when there is none. */
  name: string | null;
  /** Bytes, when known beforehand. */
  contentLength?: number;
  /** More bytes than these cannot come: of a form, whose length is known and not that of the file in it. */
  maxContentLength?: number;
  /** Lets go of the request, so that an answer can be sent whatever has been read of it. */
  release(): void;
}

export interface UploadBodyOptions {
  /** What one file may have; more is `too_large`, by Content-Length before any body. */
  maxBytes: number;
  sender: SenderLimits;
  /** The rules of a name: null for what is none. */
  toName: (text: string) => string | null;
}

/**
 * The body of an upload: raw bytes (`image/*`, `application/octet-stream`, or no type), or one file in a multipart form.
 * Everything that the head of the request can tell is checked before a byte of the body is read.
 */
export async function readUploadBody(req: Request, options: UploadBodyOptions): Promise<UploadBody> {
  refuseEncodings(req);
  const boundary = boundaryOf(req.headers['content-type']);
  const givenName = nameOfRequest(req, options.toName);
  const promisedDigest = promisedDigestOf(req);
  const contentLength = contentLengthOf(req);
  const overheadBytes = boundary === null ? 0 : maxFormOverheadBytes;
  if (contentLength !== undefined && contentLength > options.maxBytes + overheadBytes) throw tooLarge(options.maxBytes);
  if (contentLength === 0)
    throw new AppError('empty_body', 'The body has no bytes. Send the image itself as the body.');

  const body = watchBody(req, { ...options.sender, promisedDigest, maxBytes: options.maxBytes + overheadBytes });
  const release = () => void body.on('error', () => {}).destroy();
  if (boundary === null) return { contents: body, name: givenName, contentLength, release };
  try {
    const file = await readMultipartFile(body, boundary, options.toName);
    const maxContentLength = contentLength && Math.max(1, contentLength - formBytes(boundary));
    return { contents: file.contents, name: givenName ?? file.name, maxContentLength, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** The least that stands around a file: the line before its part, an empty line, and the last line. */
function formBytes(boundary: string): number {
  return `--${boundary}\r\n\r\n\r\n--${boundary}--`.length;
}

export function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `An image may have ${maxBytes} bytes at most. Send a smaller one.`);
}

function refuseEncodings(req: Request): void {
  const encodings = (req.headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  if (!encodings.every((encoding) => encoding === '' || encoding === 'identity')) {
    throw new AppError('unsupported_encoding', 'Send the image as it is, without Content-Encoding.');
  }
  // Node takes `gzip, chunked` and undoes the chunks alone.
  if (!/^(?:chunked)?$/i.test(req.headers['transfer-encoding'] ?? '')) {
    throw new AppError('unsupported_encoding', 'Send the image as it is, or in chunks (Transfer-Encoding: chunked).');
  }
}

/** The boundary of a form, or null for raw bytes. */
export function boundaryOf(contentType: string | undefined): string | null {
  const { type, parameters } = readMediaType(contentType);
  if (type === '' || /^image\/[^\s/]+$/.test(type) || type === 'application/octet-stream') return null;
  if (type !== 'multipart/form-data') {
    throw new AppError(
      'unsupported_type',
      'Send the image itself (Content-Type: application/octet-stream) or a multipart/form-data form with one file.',
    );
  }
  const boundary = parameters.map((text) => /^boundary=(?:"([^"]+)"|([^\s"]+))$/i.exec(text)).find(Boolean);
  const value = boundary?.[1] ?? boundary?.[2];
  // RFC 2046, 5.1.1: 1 to 70 characters.
  if (!value || value.length > 70) throw invalidField('Content-Type', 'names no boundary of 1 to 70 characters');
  return value;
}

function nameOfRequest(req: Request, toName: (text: string) => string | null): string | null {
  const header = contentDisposition(req);
  if (header !== undefined) return filenameOf(header, toName);
  const parameter = queryValue(req.originalUrl, 'filename');
  if (parameter === undefined || parameter === '') return null;
  const name = parameter === null ? null : toName(parameter);
  if (name !== null) return name;
  throw new AppError('invalid_filename', 'The filename is not valid. Use a short name such as cat.png.', {
    errors: [{ path: 'filename', message: 'is not a valid image name' }],
  });
}

/** Undefined when it is not there, null when its bytes are not UTF-8: URLSearchParams would make something up. */
function queryValue(url: string, name: string): string | null | undefined {
  for (const pair of searchOf(url).split('&')) {
    const [key = '', ...rest] = pair.split('=');
    if (new URLSearchParams(key).keys().next().value !== name) continue;
    try {
      return decodeURIComponent(rest.join('=').replaceAll('+', ' '));
    } catch {
      return null;
    }
  }
  return undefined;
}

function contentLengthOf(req: Request): number | undefined {
  const header = req.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

/** It may stand once. */
function contentDisposition(req: Request): string | undefined {
  const [header, ...others] = req.headersDistinct['content-disposition'] ?? [];
  if (others.length > 0) throw new AppError('invalid_filename', 'Content-Disposition is given twice; give it once.');
  return header;
}
