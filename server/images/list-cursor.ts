import { z } from 'zod';
import type { ImageOrder, imageStatuses } from '../../core/contracts/image.ts';
import { AppError, invalidField } from '../../core/errors.ts';

export interface ListFilter {
  order: ImageOrder;
  /** Contained in the image's name, whatever the case. */
  name?: string;
  status?: (typeof imageStatuses)[number];
}

/** The place of one image in an order: what it is ordered by, then its id. */
export interface ImagePosition {
  key: string | number;
  id: string;
}

const version = 1;
const payloadSchema = z.tuple([
  z.literal(version),
  z.string(),
  z.string().nullable(),
  z.string().nullable(),
  z.union([z.string(), z.int()]),
  z.uuid(),
]);

/** Opaque to whoever gets it. It goes on behind the position, in this order and with these filters only. */
export function encodeCursor({ order, name, status }: ListFilter, { key, id }: ImagePosition): string {
  return Buffer.from(JSON.stringify([version, order, name ?? null, status ?? null, key, id])).toString('base64url');
}

/** Throws `invalid_request` when the text is no cursor, or one of another order or other filters. */
export function decodeCursor(text: string, { order, name, status }: ListFilter): ImagePosition {
  const [, cursorOrder, cursorName, cursorStatus, key, id] = parse(text);
  if (cursorOrder !== order || cursorName !== (name ?? null) || cursorStatus !== (status ?? null)) {
    throw invalidField('cursor', 'belongs to another order or other filters; give the same ones, or begin without it');
  }
  if (!isKeyOf(order, key)) throw malformed();
  return { key, id };
}

function parse(text: string): z.infer<typeof payloadSchema> {
  try {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.toString('base64url') !== text) throw malformed();
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return payloadSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw malformed(cause);
  }
}

function isKeyOf(order: ImageOrder, key: string | number): boolean {
  if (order.endsWith('bytes')) return typeof key === 'number';
  if (typeof key !== 'string' || key.includes('\0')) return false;
  return !order.endsWith('createdAt') || z.iso.datetime({ precision: 3 }).safeParse(key).success;
}

function malformed(cause?: unknown): AppError {
  const message = 'is not one that this service gave out; take it from the Link header, or begin without it';
  return new AppError('invalid_request', `cursor: ${message}`, { errors: [{ path: 'cursor', message }], cause });
}
