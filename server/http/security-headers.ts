import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

const twoYearsSeconds = 63_072_000;

/**
 * The headers of every answer (OWASP ASVS 3.4): nothing may be loaded, run or framed, nothing is guessed, and no
 * address leaks by Referer. A page sets a `Content-Security-Policy` of its own. HSTS only where people come by https.
 */
export function securityHeaders({ publicUrl }: { publicUrl: string }): (res: ServerResponse) => void {
  const headers = headersOf({
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
  return (res) => {
    for (const [name, value] of headers) res.setHeader(name, value);
  };
}

/** What helmet would set on an answer: it is the same for all of them, so it is asked once. */
function headersOf(options: Parameters<typeof helmet>[0]): [name: string, value: string][] {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  helmet(options)(req, res, () => {});
  return res.getHeaderNames().map((name) => [canonical(name), String(res.getHeader(name))]);
}

/** `x-dns-prefetch-control` is `X-Dns-Prefetch-Control`. */
function canonical(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
