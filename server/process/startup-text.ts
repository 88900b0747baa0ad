import { relative } from 'node:path';
import type { Config } from '../config.ts';

export interface StartupTextInput {
  config: Pick<Config, 'publicUrl' | 'dataDirectory'>;
  /** The admin account that was just made, with the password that was made up for it; it is shown this once. */
  firstAdmin: { username: string; password: string } | null;
}

/** What the person who started it needs to know, and no more. */
export function startupText({ config, firstAdmin }: StartupTextInput): string {
  const folder = relative('.', config.dataDirectory);
  const rows: [string, string][] = [
    ['Darkroom', config.publicUrl],
    ['Panel', `${config.publicUrl}/admin`],
    ['Docs', `${config.publicUrl}/docs`],
    ['Data', folder && !folder.startsWith('..') ? `./${folder}` : config.dataDirectory],
  ];
  const admin: [string, string][] = firstAdmin
    ? [
        ['Admin', firstAdmin.username],
        ['Password', `${firstAdmin.password}   (shown this once)`],
      ]
    : [];
  const lines = [...rows, ...admin].map(([label, value]) => `  ${label.padEnd(10)}${value}`);
  return `\n${lines.join('\n')}\n\n`;
}
