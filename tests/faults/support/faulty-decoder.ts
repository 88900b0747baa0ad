import { makeThumbnails as make, restrictDecoder } from '../../../lambda/make-thumbnails.ts';
import { orderMark } from './faulty-store.ts';

restrictDecoder();

/** The decoder, which crashes or hangs where the bytes behind the picture say so. */
export const makeThumbnails: typeof make = async (input) => {
  const end = Buffer.from(input.bytes.slice(-64)).toString('latin1');
  if (end.endsWith(`${orderMark}break`)) process.kill(process.pid, 'SIGSEGV');
  while (end.endsWith(`${orderMark}hang`));
  return make(input);
};
