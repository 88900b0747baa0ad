import { makeThumbnails, restrictDecoder } from './make-thumbnails.ts';

restrictDecoder();

/** What the server's own decoder process runs: bytes in, thumbnails out, and nothing else in reach. */
export { makeThumbnails };
