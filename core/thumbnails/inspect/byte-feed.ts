/**
 * What a header parser asks of the stream. Parsers are generators: they yield a step and are resumed when it is done,
 * so that they read like straight code while the bytes come in pieces of any size.
 *
 * - `take`: the next bytes, at most `maxTakeBytes`; they are valid until the next step.
 * - `skip`: pass over that many bytes without keeping any.
 * - `skipRun`: pass over a byte as often as it repeats. `skipUntil`: pass over everything before a byte.
 * - `verdict`: what the parser would return is known now. It may go on, to throw for what comes later; it need not come to
 *   its end.
 */
export type Step<T = never> =
  | { take: number }
  | { skip: number }
  | { skipRun: number }
  | { skipUntil: number }
  | { verdict: T };

export type Parser<T, Verdict = never> = Generator<Step<Verdict>, T, Uint8Array>;

/** The most that is ever kept of a stream: a JPEG segment is no longer. */
export const maxTakeBytes = 65_536;

/**
 * Real headers take some dozens of steps, rare ones some thousands. The bound keeps a file made of nothing but tiny
 * segments from costing a step for each.
 */
const maxSteps = 200_000;

const nothing = new Uint8Array(0);

export interface ByteFeed<T> {
  /** Hands bytes to the parser; what it throws comes out here. */
  push(chunk: Uint8Array): void;
  readonly result: { value: T } | null;
}

export interface FeedPosition {
  /** Bytes that the parser has taken or passed over. */
  position: number;
}

/** Runs a parser on bytes as they come. Memory: one `take`. `onTooManySteps` makes the error for endless headers. */
export function createByteFeed<T>(
  start: (feed: FeedPosition) => Parser<T, T>,
  onTooManySteps: () => Error,
): ByteFeed<T> {
  const place: FeedPosition = { position: 0 };
  const parser = start(place);
  let result: { value: T } | null = null;
  let hasEnded = false;
  let step: Step<T> = { skip: 0 };
  let steps = 0;
  let kept = nothing;
  let keptBytes = 0;

  function resume(bytes: Uint8Array): void {
    steps += 1;
    if (steps > maxSteps) throw onTooManySteps();
    const next = parser.next(bytes);
    if (next.done) {
      result = { value: next.value };
      hasEnded = true;
      return;
    }
    step = next.value;
    if ('verdict' in step) {
      result = { value: step.verdict };
      resume(nothing);
      return;
    }
    if ('take' in step && step.take > maxTakeBytes) throw new RangeError(`a parser wants ${step.take} bytes at once`);
  }

  /** Does what it can of the step with the bytes from `at`; returns how many it used and whether the step is done. */
  function advance(chunk: Uint8Array, at: number): { used: number; done: boolean; bytes: Uint8Array } {
    const available = chunk.length - at;
    if ('take' in step) {
      const missing = step.take - keptBytes;
      if (keptBytes === 0 && available >= missing) {
        return { used: missing, done: true, bytes: chunk.subarray(at, at + missing) };
      }
      if (keptBytes === 0) kept = new Uint8Array(step.take);
      const used = Math.min(missing, available);
      kept.set(chunk.subarray(at, at + used), keptBytes);
      keptBytes += used;
      if (keptBytes < step.take) return { used, done: false, bytes: nothing };
      keptBytes = 0;
      return { used, done: true, bytes: kept };
    }
    if ('skip' in step) {
      const used = Math.min(step.skip, available);
      step = { skip: step.skip - used };
      return { used, done: step.skip <= 0, bytes: nothing };
    }
    if ('skipUntil' in step) {
      const found = chunk.indexOf(step.skipUntil, at);
      return { used: (found < 0 ? chunk.length : found) - at, done: found >= 0, bytes: nothing };
    }
    const { skipRun } = step as { skipRun: number };
    let end = at;
    while (end < chunk.length && chunk[end] === skipRun) end += 1;
    return { used: end - at, done: end < chunk.length, bytes: nothing };
  }

  return {
    push(chunk) {
      let at = 0;
      while (!hasEnded) {
        const { used, done, bytes } = advance(chunk, at);
        at += used;
        place.position += used;
        if (!done) return;
        resume(bytes);
      }
    },
    get result() {
      return result;
    },
  };
}

export function* take(bytes: number): Parser<Uint8Array> {
  return yield { take: bytes };
}

export function* skip(bytes: number): Parser<void> {
  if (bytes > 0) yield { skip: bytes };
}

/** Four bytes as ASCII, for chunk and box names. */
export function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
