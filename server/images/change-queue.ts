/** One change of one image, as a NOTIFY or a row tells it. */
export interface NotedChange {
  id: number;
  ownerId: string;
  imageId: string;
  deleted: boolean;
  /** Its thumbnails were made just now, or cannot be. A row does not tell, nor does a server of an earlier version. */
  settled?: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

/** More different images than this wait for nobody who reads so slowly. */
const maxWaiting = 5_000;

/**
 * What one listener has still to hear, in order. Of one image only the last change is kept: who hears of it reads the
 * image as it is then. `next` waits for a change; null means that the listener is too slow, or the signal aborted.
 */
export function createChangeQueue(signal: AbortSignal) {
  const waiting = new Map<string, NotedChange>();
  let isOver = signal.aborted;
  let wake = () => {};
  const end = () => {
    isOver = true;
    wake();
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    push: (change: NotedChange): void => {
      waiting.delete(change.imageId);
      waiting.set(change.imageId, change);
      if (waiting.size > maxWaiting) end();
      wake();
    },
    next: async (): Promise<NotedChange | null> => {
      while (!isOver) {
        const [first] = waiting.values();
        if (first) {
          waiting.delete(first.imageId);
          return first;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return null;
    },
    close: () => signal.removeEventListener('abort', end),
  };
}
