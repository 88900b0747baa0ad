/** A string that nothing closes is not JSON; it is taken to the end all the same, so that it is read once. */
const stringOrStructure = /"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}[\]:]/gs;

/**
 * The first name that stands twice in one object of a valid JSON text, else null. JSON.parse takes the last one of them
 * and other readers the first (RFC 8259, 4), so such a text has no one meaning.
 */
export function repeatedKeyIn(json: string): string | null {
  const open: Set<string>[] = [];
  let before = '';
  for (const [token] of json.matchAll(stringOrStructure)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = String(JSON.parse(before));
      const names = open.at(-1);
      if (names?.has(key)) return key;
      names?.add(key);
    }
    before = token;
  }
  return null;
}
