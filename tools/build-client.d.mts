/** Sizes minified and gzipped: without its dependencies, with them, and of its types. */
export function buildClient(): Promise<{ ownBytes: number; allBytes: number; typesBytes: number }>;
