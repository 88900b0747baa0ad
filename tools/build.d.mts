export function buildMissing(names?: ('server' | 'lambda' | 'panel')[]): Promise<void>;
