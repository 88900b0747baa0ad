import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes, type Sequelize } from 'sequelize';

export interface WaitUntilSettledDeps {
  sequelize: Sequelize;
  /**
   * Calls the listener after each change of an image of the owner that this server hears of, until the answer is called.
   * A hint: what it misses, the next look finds.
   */
  listen?: (ownerId: string, listener: (change: { imageId: string }) => void) => () => void;
}

export interface WaitOptions {
  milliseconds: number;
  signal?: AbortSignal;
}

const lookAgainMilliseconds = 250;

/** Waits until an image's thumbnails are settled (made, or failed, or the image is gone), but no longer than it may. */
export function waitUntilSettledOf({ sequelize, listen }: WaitUntilSettledDeps) {
  return async (ownerId: string, imageId: string, { milliseconds, signal }: WaitOptions): Promise<void> => {
    const endsAt = performance.now() + milliseconds;
    let wake = () => {};
    const stop = listen?.(ownerId, (change) => {
      if (change.imageId === imageId) wake();
    });
    try {
      while (!signal?.aborted) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (await isSettled(imageId)) return;
        const left = endsAt - performance.now();
        if (left <= 0) return;
        await Promise.race([woken, sleep(Math.min(left, lookAgainMilliseconds))]);
      }
    } finally {
      stop?.();
    }
  };

  async function isSettled(imageId: string): Promise<boolean> {
    const [image] = await sequelize.query<{ status: string }>('SELECT status FROM images WHERE id = $1', {
      type: QueryTypes.SELECT,
      bind: [imageId],
    });
    return image?.status !== 'processing';
  }
}

export type WaitUntilSettled = ReturnType<typeof waitUntilSettledOf>;
