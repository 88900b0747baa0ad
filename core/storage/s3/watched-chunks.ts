/** Counts the bytes, and knows a failure of the body from one of the store. */
export function watchedChunks(source: AsyncIterable<Uint8Array>) {
  let bytes = 0;
  let failure: { error: unknown } | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  return { chunks: chunks(), bytes: () => bytes, failed: (error: unknown) => failure?.error === error };
}
