/** What a client sends, over and over. */
export interface HttpRequest {
  /** Method, path and headers; `{n}` becomes a number that no request before had. */
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** A file with the body. */
  bodyFile?: string;
  status: number;
}

export interface HttpJob {
  port: number;
  clients: number;
  seconds: number;
  /** Ends earlier, after so many requests. */
  most?: number;
  /** Each client takes the next one. */
  requests: HttpRequest[];
  /** Of an upload that waits for its thumbnails: fetches each of them, as a part of the same act. */
  thenFetchThumbnails?: boolean;
}

export interface LoadResult {
  count: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
}

/** @param milliseconds of each act */
export function summarize(milliseconds: number[], seconds: number): LoadResult {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, seconds, p50: at(0.5), p95: at(0.95) };
}

/** Acts again and again, in lanes, until the time or the number is over. */
export async function repeatInLanes(
  { lanes, seconds, most = Number.POSITIVE_INFINITY }: { lanes: number; seconds: number; most?: number },
  act: (lane: number) => Promise<void>,
): Promise<LoadResult> {
  const taken: number[] = [];
  let begun = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const run = async (lane: number) => {
    while (performance.now() < endsAt && begun < most) {
      begun += 1;
      const at = performance.now();
      await act(lane);
      taken.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  return summarize(taken, (performance.now() - startedAt) / 1000);
}
