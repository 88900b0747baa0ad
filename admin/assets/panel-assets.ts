import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Request, Router } from 'express';
import { AppError } from '../../core/errors.ts';
import { markSvg } from '../brand.ts';
import type { PanelPaths } from '../security/panel-paths.ts';

/** The scripts of a page, in the order in which they are loaded. */
export const scriptNames = ['global', 'design-system', 'app', 'components'] as const;
export type ScriptName = (typeof scriptNames)[number];

/** What `buildPanel` writes beside the files: names to file names, which hold a hash of the content. */
export type PanelManifest = Record<ScriptName | 'style', string>;

export interface PanelAssets {
  router: Router;
  /** The addresses of the page's scripts. Throws `unavailable` when the panel was not built. */
  scripts(): string[];
  style(): string;
  mark(): string;
}

/**
 * The panel's scripts and its style sheet under /assets: a changed file has another name, so browsers keep each for good. They lie
 * compressed beside themselves.
 */
export function createPanelAssets(directory: string, { panel }: Pick<PanelPaths, 'panel'>): PanelAssets {
  const manifest = () => readManifest(directory);
  const router = Router({ caseSensitive: true });

  router.get('/assets/mark.svg', (_req, res) => {
    res.setHeader('Cache-Control', 'public, max-age=86400');
    res.type('image/svg+xml').send(markSvg);
  });

  router.get('/assets/:file', (req, res, next) => {
    const { file } = req.params;
    if (!Object.values(manifest()).includes(file)) {
      return next(new AppError('not_found', 'There is nothing at this address.'));
    }
    const encoding = acceptedEncoding(req);
    res.setHeader('Content-Type', file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8');
    res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    res.setHeader('Vary', 'Accept-Encoding');
    res.setHeader('ETag', `"${file}${encoding?.suffix ?? ''}"`);
    if (encoding) res.setHeader('Content-Encoding', encoding.name);
    res.sendFile(`${file}${encoding?.suffix ?? ''}`, { root: directory, cacheControl: false }, (error) => {
      if (error && !res.headersSent) next(error);
    });
  });

  return {
    router,
    scripts: () => scriptNames.map((name) => `${panel}/assets/${manifest()[name]}`),
    mark: () => `${panel}/assets/mark.svg`,
    style: () => `${panel}/assets/${manifest().style}`,
  };
}

let cached: { directory: string; manifest: PanelManifest } | undefined;

function readManifest(directory: string): PanelManifest {
  if (cached?.directory === directory) return cached.manifest;
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as PanelManifest;
    cached = { directory, manifest };
    return manifest;
  } catch (cause) {
    throw new AppError('unavailable', 'The panel is not built. Run `npm run build`, then start again.', { cause });
  }
}

function acceptedEncoding(req: Request): { name: string; suffix: string } | undefined {
  const accepted = req.acceptsEncodings(['br', 'gzip', 'identity']);
  if (accepted === 'br') return { name: 'br', suffix: '.br' };
  return accepted === 'gzip' ? { name: 'gzip', suffix: '.gz' } : undefined;
}
