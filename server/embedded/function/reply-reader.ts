import type { MadeImages } from '../../../core/thumbnails/made-images.ts';
import { lengthBytes, type Reply, replySchema } from './decoder-wire.ts';

/** Of the heads of sixteen images, many times over. */
const maxHeadBytes = 64 * 1024;
/** Of the images of one reply. */
const maxImageBytes = 256 * 1024 * 1024;

export type WholeReply = Exclude<Reply, { status: 'made' | 'failed' }> | MadeImages;

/** Puts the pieces of a pipe together to replies. `push` throws for what is none. */
export function createReplyReader(onReply: (reply: WholeReply) => void) {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = lengthBytes;
  let step: 'length' | 'head' | 'images' = 'length';
  let made: Extract<Reply, { status: 'made' }> | null = null;

  function expect(next: typeof step, bytes: number): void {
    step = next;
    needed = bytes;
  }

  function take(bytes: Buffer): void {
    if (step === 'length') {
      const length = bytes.readUInt32BE();
      if (length > maxHeadBytes) throw new Error('a reply that is too long');
      expect('head', length);
      return;
    }
    if (step === 'head') {
      const reply = replySchema.parse(JSON.parse(bytes.toString()));
      expect('length', lengthBytes);
      if (reply.status !== 'made') {
        onReply(reply);
        return;
      }
      made = reply;
      const total = reply.images.reduce((sum, image) => sum + image.bytes, 0);
      if (total > maxImageBytes) throw new Error('thumbnails that are too large');
      expect('images', total);
      return;
    }
    expect('length', lengthBytes);
    if (made) onReply({ ...made, images: cut(made.images, bytes) });
    made = null;
  }

  return {
    push(chunk: Buffer): void {
      chunks.push(chunk);
      held += chunk.length;
      while (held >= needed) {
        const whole = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, held);
        const used = needed;
        held -= used;
        chunks = held > 0 ? [whole.subarray(used)] : [];
        take(whole.subarray(0, used));
      }
    },
  };
}

function cut<Image extends { bytes: number }>(images: readonly Image[], all: Buffer) {
  let at = 0;
  return images.map(({ bytes, ...image }) => {
    at += bytes;
    return { ...image, data: all.subarray(at - bytes, at) };
  });
}
