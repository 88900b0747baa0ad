import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../server/project-root.ts';

describe('npm run demo', () => {
  it('shows what each tier gets and a link that ends early, and leaves nothing behind', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'darkroom-demo-test-'));
    const demo = spawn(process.execPath, [join(projectRoot, 'tools/demo.mjs')], {
      // Settings of a service of one's own are not the demo's.
      env: { PATH: process.env.PATH, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [output, errors, [code]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'exit')]);
    expect({ code, errors: errors.replace(/^Building .*\n/gm, '') }).toEqual({ code: 0, errors: '' });

    for (const tier of ['Basic', 'Premium', 'Enterprise']) expect(output).toContain(`${tier} uploads 3 pictures`);
    const sectionOf = (tier: string) => output.split(`${tier} uploads`)[1]?.split(/\n *[\d.]+ s {2}/)[0] ?? '';
    expect(sectionOf('Basic')).toContain('320 × 200');
    expect(sectionOf('Basic')).not.toContain('640 × 400');
    for (const tier of ['Premium', 'Enterprise']) expect(sectionOf(tier)).toContain('320 × 200, 640 × 400');
    // Upright: a picture of 900 × 600 that lies on its side.
    expect(sectionOf('Premium')).toContain('133 × 200, 267 × 400');

    expect(output).toMatch(/Basic +403 /);
    expect(output).toMatch(/Premium +403 /);
    expect(output).toMatch(/opened by anybody: 200, image\/jpeg/);
    expect(output).toMatch(/after its owner revoked it: 410/);
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  }, 120_000);
});
