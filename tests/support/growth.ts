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
 * How many times as long the work takes for 16 KB as for 4 KB (or for `largeCharacters` as for a quarter of them, where
 * the work cuts what is longer). A single run decides when it looks linear. Otherwise both sides read the same number of
 * characters, so that what the garbage collector takes is the same, and the smallest ratio of several rounds counts:
 * another process can make a run longer, never shorter. So linear work does not look quadratic on a busy machine, and
 * quadratic work always does.
 */
export function growthOf(
  work: (text: string) => unknown,
  text: HostileText,
  largeCharacters = defaultLargeCharacters,
): number {
  const [small, large] = [text.ofLength(largeCharacters / 4), text.ofLength(largeCharacters)];
  let growth = nanosecondsOf(work, large, 1) / nanosecondsOf(work, small, 1);
  for (let round = 0; growth > maxGrowth && round < maxRounds; round += 1) {
    const repeats = Math.min(1_000, Math.ceil(500_000 / nanosecondsOf(work, small, 1)));
    const [ofSmall, ofLarge] = [shortest(work, small, 4 * repeats), shortest(work, large, repeats)];
    growth = Math.min(growth, (4 * ofLarge) / ofSmall);
    // Quadratic beyond doubt: no need to spend a minute on it.
    if (round >= 2 && growth > 2 * maxGrowth) break;
  }
  return growth;
}

const maxRounds = 20;

function shortest(work: (text: string) => unknown, text: string, repeats: number): number {
  return Math.min(...[1, 2].map(() => nanosecondsOf(work, text, repeats)));
}

function nanosecondsOf(work: (text: string) => unknown, text: string, repeats: number): number {
  const startedAt = process.hrtime.bigint();
  for (let repeat = 0; repeat < repeats; repeat += 1) work(text);
  return Math.max(1, Number(process.hrtime.bigint() - startedAt));
}
