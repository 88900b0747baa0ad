import { setTimeout as sleep } from 'node:timers/promises';
import type { Sequelize } from 'sequelize';
import type { ImageEvents } from './image-events.ts';
import { findImageStatus } from './image-table.ts';

export interface WatchSettlingDeps {
  sequelize: Sequelize;
  /** What this server hears of changes: a hint, for what it misses the next look finds. */
  events?: Pick<ImageEvents, 'listen' | 'status'> | undefined;
}

export interface WaitOptions {
  milliseconds: number;
  signal?: AbortSignal;
}

export interface SettlingWatch {
  /** Waits until an image is settled (thumbnails, a verdict, or it is gone), but no longer than it may. */
  wait(imageId: string, options: WaitOptions): Promise<void>;
  /** Must be called at the end. */
  end(): void;
}

/** Between two looks at the row: with nobody to hear from, and where each settling is told. */
const lookMilliseconds = { alone: 250, listening: 1_000 };
/** Images that settle while one is uploaded; what is more is looked up. */
const maxRemembered = 1_000;

/**
 * Watches the images of an account from now on, so that one that is uploaded after this can be waited for without asking
 * the database, however fast its thumbnails are.
 */
export function watchSettlingOf({ sequelize, events }: WatchSettlingDeps) {
  return (ownerId: string): SettlingWatch => {
    const settled = new Set<string>();
    let wake = () => {};
    const unlisten = events?.listen(ownerId, (change) => {
      if (!(change.settled || change.deleted) || settled.size >= maxRemembered) return;
      settled.add(change.imageId);
      wake();
    });
    return {
      async wait(imageId, { milliseconds, signal }) {
        const endsAt = performance.now() + milliseconds;
        let mayLook = !events?.status().isConnected || settled.size >= maxRemembered;
        while (!signal?.aborted && !settled.has(imageId)) {
          const status = mayLook ? await findImageStatus(sequelize, imageId) : 'processing';
          const left = endsAt - performance.now();
          if (status !== 'processing' || left <= 0) return;
          const pause = events?.status().isConnected ? lookMilliseconds.listening : lookMilliseconds.alone;
          await pauseFor(imageId, Math.min(left, pause), signal);
          mayLook = true;
        }
      },
      end: () => unlisten?.(),
    };

    async function pauseFor(imageId: string, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
      const enough = new AbortController();
      const signals = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
      wake = () => {
        if (settled.has(imageId)) enough.abort();
      };
      wake();
      await sleep(milliseconds, undefined, { signal: signals }).catch(() => {});
    }
  };
}

export type WatchSettling = ReturnType<typeof watchSettlingOf>;
