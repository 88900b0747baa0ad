import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { head, type Reply } from '../../../../../server/embedded/function/decoder-wire.ts';
import { createReplyReader, type WholeReply } from '../../../../../server/embedded/function/reply-reader.ts';

const image = (tierHeight: number, bytes: number) => ({
  tierHeight,
  width: 3,
  height: 2,
  contentType: 'image/png' as const,
  bytes,
});

const replies: fc.Arbitrary<{ reply: Reply; data: Buffer[] }> = fc.oneof(
  fc
    .constantFrom<Reply>(
      { status: 'loaded' },
      { status: 'ready' },
      { status: 'unfit', message: 'ä' },
      { status: 'error', name: 'Error', message: 'no' },
    )
    .map((reply) => ({ reply, data: [] })),
  fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 16 }).map((pieces) => ({
    reply: {
      status: 'made' as const,
      original: { width: 30, height: 20 },
      placeholder: 'aGFzaA==',
      warnings: ['damaged' as const],
      images: pieces.map((piece, index) => image(index + 16, piece.length)),
    },
    data: pieces.map((piece) => Buffer.from(piece)),
  })),
);

describe('what comes from the decoder over its pipe', () => {
  it('is put together however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(replies, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
        (sent, cuts) => {
          const read: WholeReply[] = [];
          const reader = createReplyReader((reply) => read.push(reply));
          const bytes = Buffer.concat(sent.flatMap(({ reply, data }) => [head(reply), ...data]));
          for (let at = 0; at < bytes.length; ) {
            const { value } = cuts.next();
            reader.push(bytes.subarray(at, at + value));
            at += value;
          }
          expect(read).toEqual(
            sent.map(({ reply, data }) =>
              reply.status === 'made'
                ? {
                    ...reply,
                    images: reply.images.map(({ bytes: _, ...rest }, index) => ({ ...rest, data: data[index] })),
                  }
                : reply,
            ),
          );
        },
      ),
    );
  });

  it.each<[string, Buffer]>([
    ['a length without end', Buffer.from([255, 255, 255, 255])],
    ['no JSON', Buffer.from([0, 0, 0, 1, 0x7b])],
    ['a status that there is not', Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('{"status":"gone"}')])],
    [
      'more than an image can have',
      head({
        status: 'made',
        original: { width: 1, height: 1 },
        placeholder: '',
        warnings: [],
        images: [image(16, 2 ** 40)],
      }),
    ],
    [
      'seventeen images',
      head({
        status: 'made',
        original: { width: 1, height: 1 },
        placeholder: '',
        warnings: [],
        images: Array.from({ length: 17 }, () => image(16, 1)),
      }),
    ],
  ])('is refused when it is %s', (_, bytes) => {
    const reader = createReplyReader(() => {});
    expect(() => reader.push(bytes)).toThrow();
  });
});
