import type { RequestHandler } from 'express';
import helmet from 'helmet';

const twoYearsSeconds = 63_072_000;

/**
 * The headers of every answer (OWASP ASVS 3.4): nothing may be loaded, run or framed, nothing is guessed, and no
 * address leaks by Referer. A page sets a `Content-Security-Policy` of its own. HSTS only where people come by https.
 */
export function securityHeaders({ publicUrl }: { publicUrl: string }): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: publicUrl.startsWith('https:') && { maxAge: twoYearsSeconds, includeSubDomains: true },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
