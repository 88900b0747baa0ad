import { PassThrough, type Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { AppError } from '../../core/errors.ts';
import { emptyPartName, partDisposition } from './content-disposition.ts';

/** What a form may hold beside its file: boundaries, headers, fields. */
export const maxFormOverheadBytes = 64 * 1024;
const maxParts = 100;

export interface FormFile {
  /** The part's own name; null when it gives none. */
  name: string | null;
  contents: Readable;
}

type Headers = Record<string, string[] | undefined>;

/**
 * The one file of a multipart form (RFC 7578), streamed. A part is a file when it gives a filename or a type that not
 * text; other parts are passed over, and so is a file without a name and without bytes: browsers send one for each file input
 * in which nothing was chosen. Resolves when the file begins. `contents` ends only when the whole form was read
 * and is right: a second file and a form that is cut off are its errors.
 */
export function readMultipartFile(
  body: Readable,
  boundary: string,
  toName: (text: string) => string | null,
): Promise<FormFile> {
  return new Promise((resolve, reject) => {
    const contents = new PassThrough();
    const parser = new Dicer({ boundary, maxHeaderPairs: 20 });
    let files = 0;
    let parts = 0;
    let readableParts = 0;
    let parserDone = false;
    let bodyDone = false;

    function fail(error: unknown): void {
      body.unpipe(parser);
      body.destroy();
      if (contents.listenerCount('error') === 0) contents.on('error', () => {});
      contents.destroy(error instanceof Error ? error : new Error(String(error)));
      reject(error);
    }

    function finishWhenDone(): void {
      if (!parserDone || !bodyDone) return;
      if (files === 0)
        fail(
          new AppError('empty_body', 'The form has no file. Choose an image and send it as one part with a filename.'),
        );
      else contents.end();
    }

    function onHeader(part: Readable, headers: Headers): void {
      const { isFile, name } = describePart(headers, toName);
      if (!isFile) part.resume();
      else if (name) beginFile(part, name);
      else part.on('data', (chunk: Buffer) => beginNameless(part, name, chunk));
    }

    function beginFile(part: Readable, name: string | null): void {
      files += 1;
      if (files > 1)
        throw new AppError('invalid_request', 'The form has more than one file. Send one image a request.');
      part.on('data', (chunk) => {
        if (!contents.write(chunk)) part.pause();
      });
      contents.on('drain', () => part.resume());
      resolve({ name, contents });
    }

    /** With its first byte it is a file. */
    function beginNameless(part: Readable, name: string | null, first: Buffer): void {
      if (first.length === 0) return;
      part.removeAllListeners('data');
      try {
        if (name === '') throw emptyPartName();
        beginFile(part, name);
        contents.write(first);
      } catch (error) {
        part.resume();
        fail(error);
      }
    }

    parser.on('part', (part: Readable) => {
      part.on('error', () => {});
      parts += 1;
      if (parts > maxParts) fail(new AppError('invalid_request', `The form has more than ${maxParts} parts.`));
      part.on('header', (headers: Headers) => {
        if (Object.keys(headers).length > 0) readableParts += 1;
        try {
          onHeader(part, headers);
        } catch (error) {
          part.resume();
          fail(error);
        }
      });
    });
    parser.on('finish', () => {
      parserDone = true;
      // What stands behind a boundary that is a piece of the file by accident; the file would be cut there.
      if (readableParts < parts) {
        fail(new AppError('invalid_request', 'A part of the form has no headers. Choose another boundary.'));
        return;
      }
      // Behind the last boundary nothing has a meaning; but the body has to come to its end.
      body.unpipe(parser);
      body.resume();
      finishWhenDone();
    });
    parser.on('error', (cause: unknown) =>
      fail(new AppError('incomplete_body', 'The form ends before its last boundary. Send it again.', { cause })),
    );
    contents.once('close', () => body.destroy());
    body.once('end', () => {
      bodyDone = true;
      finishWhenDone();
    });
    body.once('error', fail);
    body.pipe(parser);
  });
}

function describePart(
  headers: Headers,
  toName: (text: string) => string | null,
): { isFile: boolean; name: string | null } {
  const [disposition, ...others] = headers['content-disposition'] ?? [];
  if (others.length > 0) throw new AppError('invalid_filename', 'A part of the form has Content-Disposition twice.');
  const encoding = headers['content-transfer-encoding']?.[0]?.trim().toLowerCase() ?? 'binary';
  if (!['binary', '7bit', '8bit'].includes(encoding)) {
    throw new AppError(
      'unsupported_encoding',
      'Send the parts of the form as they are, without Content-Transfer-Encoding.',
    );
  }
  const name = disposition === undefined ? null : partDisposition(disposition, toName).filename;
  const type = headers['content-type']?.[0] ?? 'text/plain';
  return { isFile: name !== null || /^(image\/|application\/octet-stream)/i.test(type.trim()), name };
}
