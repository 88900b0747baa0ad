export function buildLambda(options: { outDirectory: string; minify?: boolean }): Promise<void>;
