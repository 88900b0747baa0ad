export function buildLambda(options: { outDirectory: string }): Promise<void>;
