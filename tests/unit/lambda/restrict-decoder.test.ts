import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { makePicture } from '../core/thumbnails/pictures.ts';

const root = join(import.meta.dirname, '../../..');

/** Runs code in a process of its own: what is forbidden there stays forbidden as long as it lives. */
async function runRestricted(code: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import sharp from 'sharp';
        import { restrictDecoder } from './lambda/make-thumbnails.ts';
        restrictDecoder();
        const attempt = (input) => sharp(input).metadata().then(({ format }) => format, () => 'refused');
        ${code}
      `,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const run = spawnSync(process.execPath, ['--input-type=module'], {
    cwd: root,
    input: outputFiles[0]?.text ?? '',
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

describe('the decoder of the function', () => {
  it('reads the six formats from memory, and neither other formats nor files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-decoder-'));
    try {
      const file = join(folder, 'picture.png');
      await writeFile(file, await makePicture('PNG'));
      const pictures: Record<string, string> = {};
      for (const encoding of ['baseline JPEG', 'PNG', 'lossy WebP', 'GIF', 'AVIF', 'TIFF']) {
        pictures[encoding] = (await makePicture(encoding)).toString('base64');
      }
      pictures.SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>').toString('base64');
      const formats = await runRestricted(`
        const formats = {};
        for (const [name, picture] of Object.entries(${JSON.stringify(pictures)})) {
          formats[name] = await attempt(Buffer.from(picture, 'base64'));
        }
        formats.file = await attempt(${JSON.stringify(file)});
        console.log(JSON.stringify(formats));
      `);
      expect(formats).toEqual({
        'baseline JPEG': 'jpeg',
        PNG: 'png',
        'lossy WebP': 'webp',
        GIF: 'gif',
        AVIF: 'heif',
        TIFF: 'tiff',
        SVG: 'refused',
        file: 'refused',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('works in one thread and keeps nothing', async () => {
    const settings = await runRestricted(
      'console.log(JSON.stringify({ threads: sharp.concurrency(), cached: sharp.cache().memory.max }));',
    );
    expect(settings).toEqual({ threads: 1, cached: 0 });
  });
});
