const slash = '/'.charCodeAt(0);

/** An address or a path that more can be appended to. In one walk: `/\/+$/` tries again at each slash of a long row. */
export function withoutFinalSlashes(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === slash) end -= 1;
  return text.slice(0, end);
}
