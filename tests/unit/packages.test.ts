import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../server/project-root.ts';

interface LockedPackage {
  version: string;
  deprecated?: string;
}

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');
const locked: Record<string, LockedPackage> = JSON.parse(read('package-lock.json')).packages;

describe('the packages', () => {
  it('are kept up by their makers', () => {
    const deprecated = Object.entries(locked).filter(([, { deprecated: note }]) => note !== undefined);
    expect(deprecated.map(([path]) => path)).toEqual([]);
  });

  it('have no formidable 1, which writes what strangers send into the temporary folder', () => {
    const versions = Object.entries(locked).filter(([path]) => path.endsWith('node_modules/formidable'));
    expect(versions).not.toEqual([]);
    for (const [, { version }] of versions) expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(3);
  });

  it('run no script when they are installed', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(read('Dockerfile')).toMatch(/^COPY package\.json package-lock\.json \.npmrc /m);
  });
});
