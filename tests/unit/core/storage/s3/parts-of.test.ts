import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partsOf } from '../../../../../core/storage/s3/parts-of.ts';

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function cut(chunks: readonly Uint8Array[], partBytes: number) {
  const parts: { bytes: Buffer; isLast: boolean }[] = [];
  for await (const { bytes, isLast } of partsOf(chunksOf(chunks), partBytes)) {
    parts.push({ bytes: Buffer.from(bytes), isLast });
  }
  return parts;
}

describe('the parts of a stream', () => {
  it('hold all of it in order, each full but the last, however it was chunked', async () => {
    const chunk = fc.uint8Array({ maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 20 }),
        fc.integer({ min: 1, max: 30 }),
        async (chunks, partBytes) => {
          const parts = await cut(chunks, partBytes);
          const whole = Buffer.concat(chunks);
          expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(whole)).toBe(true);
          expect(parts).toHaveLength(Math.max(1, Math.ceil(whole.length / partBytes)));
          parts.forEach(({ bytes, isLast }, i) => {
            expect(isLast).toBe(i === parts.length - 1);
            if (!isLast) expect(bytes.length).toBe(partBytes);
          });
        },
      ),
    );
  });

  it('take turns in two buffers, so that a part stands while the next one fills', async () => {
    const buffers = new Set<ArrayBufferLike>();
    let previous: { bytes: Buffer; copy: Buffer } | undefined;
    for await (const { bytes } of partsOf(
      chunksOf([Buffer.alloc(10, 1), Buffer.alloc(95, 2), Buffer.alloc(7, 3)]),
      10,
    )) {
      if (previous) expect(previous.bytes.equals(previous.copy)).toBe(true);
      previous = { bytes, copy: Buffer.from(bytes) };
      buffers.add(bytes.buffer);
    }
    expect(buffers.size).toBe(2);
  });
});
