export const maxWaitSeconds = 30;

const preference =
  /[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*=[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\.)*)"))?)?(?:[ \t]*;(?:[^,"]|"(?:[^"\\]|\\.)*")*|[ \t]*)(?:,|$)/y;

/**
 * `wait` of `Prefer` (RFC 7240), in whole seconds and at most 30; 0 when it is not asked for. A preference that cannot
 * be read is passed over, and of one that stands twice the first counts, as the RFC says.
 */
export function waitSecondsOf(header: string | undefined): number {
  if (header === undefined) return 0;
  let next = 0;
  while (next < header.length) {
    preference.lastIndex = next;
    const [whole, name, token, quoted] = preference.exec(header) ?? [];
    next = whole === undefined ? endOfMember(header, next) : next + whole.length;
    if (name?.toLowerCase() !== 'wait') continue;
    const value = token ?? quoted ?? '';
    return /^[0-9]+$/.test(value) ? Math.min(Number(value), maxWaitSeconds) : 0;
  }
  return 0;
}

function endOfMember(header: string, from: number): number {
  const comma = header.indexOf(',', from);
  return comma < 0 ? header.length : comma + 1;
}
