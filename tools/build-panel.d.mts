export function buildPanel(options: { outDirectory: string }): Promise<void>;
