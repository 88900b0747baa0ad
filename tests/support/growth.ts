const defaultLargeCharacters = 16 * 1024;
/** Four times the text may take five times as long; what is quadratic takes sixteen times. */
export const maxGrowth = 5;

export interface HostileText {
  /** As it is shown when it finds something. */
  label: string;
  ofLength(characters: number): string;
}

const characters = ['a', ' ', ';', '"', '=', ',', '%', '/', ':', '\\', '(', '-', '?', '0'];

/**
 * Rows of one character and of two by turns; and the same behind, and mixed with, each of these words: what an
 * expression looks for has to stand there before it looks any further.
 */
export function hostileTexts(words: readonly string[] = []): HostileText[] {
  const pairs = characters.flatMap((one) => characters.map((two) => (one === two ? one : one + two)));
  const rows = pairs.map((unit) => row('', unit));
  const withWords = words.flatMap((word) => [
    row('', word),
    ...characters.flatMap((unit) => [row(word, unit), row('', word + unit), row('', unit + word)]),
  ]);
  return [...rows, ...withWords];
}

function row(start: string, unit: string): HostileText {
  return {
    label: `${JSON.stringify(start)} + ${JSON.stringify(unit)} × n`,
    // A character that fits nothing at the end: so that what has begun well has to fail.
    ofLength: (length) => flat(`${start + unit.repeat(Math.ceil((length - start.length) / unit.length))}\u0001`),
  };
}

/** V8 joins texts only when they are read; that must not count as work of the expression. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/**
 * How many times as much processor time the work takes for 16 KB as for 4 KB (or for `largeCharacters` as for a quarter
 * of them, where the work cuts what is longer). Processor time, because other processes change what a clock says; and the
 * smallest of several ratios, because they can still make a run dearer, never cheaper. So linear work does not look
 * quadratic on a busy machine, and quadratic work always does.
 */
export function growthOf(
  work: (text: string) => unknown,
  text: HostileText,
  largeCharacters = defaultLargeCharacters,
): number {
  const [small, large] = [text.ofLength(largeCharacters / 4), text.ofLength(largeCharacters)];
  let growth = Number.POSITIVE_INFINITY;
  for (let round = 0; growth > maxGrowth && round < maxRounds; round += 1) {
    growth = Math.min(growth, microsecondsOf(work, large) / Math.max(fewestMicroseconds, microsecondsOf(work, small)));
    // Quadratic beyond doubt: no need to spend a minute on it.
    if (round >= 4 && growth > 2 * maxGrowth) break;
  }
  return growth;
}

const maxRounds = 30;
/**
 * Less cannot be told from nothing. Nothing quadratic hides below it: 16 KB have 134 million pairs of characters, which
 * take a thousand times as long.
 */
const fewestMicroseconds = 60;

function microsecondsOf(work: (text: string) => unknown, text: string): number {
  const before = process.cpuUsage();
  work(text);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
