/**
 * What every answer says (OWASP ASVS 5.0, 3.4), for the answers that are made before, or beside, the app and its
 * `securityHeaders`: nothing may be loaded, run or framed, nothing is guessed, nothing is kept.
 */
export const bareHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};
