export interface Part {
  bytes: Buffer;
  isLast: boolean;
}

/**
 * Cuts a stream of chunks into parts of one size; the last is what remains, and of an empty stream one empty part. Two
 * buffers take turns, so that memory does not grow: whoever takes a part is done with the one before the one before.
 */
export async function* partsOf(chunks: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Part> {
  const buffers: Buffer[] = [];
  let count = 0;
  let filled = 0;
  const current = (): Buffer => {
    buffers[count % 2] ??= Buffer.allocUnsafeSlow(partBytes);
    return buffers[count % 2] as Buffer;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === partBytes) {
        yield { bytes: current(), isLast: false };
        count += 1;
        filled = 0;
      }
      const piece = chunk.subarray(at, at + partBytes - filled);
      current().set(piece, filled);
      filled += piece.length;
      at += piece.length;
    }
  }
  yield { bytes: current().subarray(0, filled), isLast: true };
}
