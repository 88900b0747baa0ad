import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

export interface PanelHeadersOptions {
  publicUrl: string;
  /** The origins of the object store's URLs: previews come from there. */
  imageOrigins(): string[];
}

/**
 * The headers of every answer of the panel. Scripts run by a nonce that is new for each answer (`res.locals.nonce`);
 * styles may be inline, because styled-components writes them at run time. Nothing is loaded from another host but
 * pictures of the object store (OWASP ASVS 5.0, 3.4).
 */
export function panelHeaders({ publicUrl, imageOrigins }: PanelHeadersOptions): RequestHandler {
  const isSecure = publicUrl.startsWith('https:');
  const common = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: isSecure && { maxAge: 63_072_000, includeSubDomains: true },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
  });
  return (req, res, next) => {
    const nonce = randomBytes(18).toString('base64');
    res.locals.nonce = nonce;
    res.setHeader(
      'Content-Security-Policy',
      [
        "default-src 'none'",
        `script-src 'nonce-${nonce}' 'self'`,
        "style-src 'self' 'unsafe-inline'",
        `img-src 'self' data: blob: ${imageOrigins().join(' ')}`.trim(),
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
    res.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    res.setHeader('Cache-Control', 'no-store');
    common(req, res, next);
  };
}
