export const maxWaitSeconds = 30;

/** Up to a comma that is not inside quotes. A quote that nothing closes takes the rest with it. */
const member = /(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/gs;
const preference =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*=[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\.)*)"))?[ \t]*(?:;.*)?$/s;

/**
 * `wait` of `Prefer` (RFC 7240), in whole seconds and at most 30; 0 when it is not asked for. A preference that cannot
 * be read is passed over, and of one that stands twice the first counts, as the RFC says.
 */
export function waitSecondsOf(header: string | undefined): number {
  for (const text of header?.match(member) ?? []) {
    const [, name, token, quoted] = preference.exec(text.trim()) ?? [];
    if (name?.toLowerCase() !== 'wait') continue;
    const value = token ?? quoted ?? '';
    return /^[0-9]+$/.test(value) ? Math.min(Number(value), maxWaitSeconds) : 0;
  }
  return 0;
}
