import { useEffect, useRef, useState } from 'react';
import { toImageName } from '../../../core/image-name.ts';
import { sendFile } from './send-file.ts';

export interface Upload {
  key: number;
  file: File;
  /** What the image is to be called: the file's name, until somebody changes it. */
  name: string;
  ownerId: string;
  /** `chosen` until somebody sends it. */
  state: 'chosen' | 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled';
  sentBytes: number;
  /** What became of it. */
  image?: { id: string; name: string };
  /** Why it failed. */
  message?: string;
}

export interface Uploads {
  uploads: Upload[];
  choose(files: Iterable<File>, ownerId: string): void;
  rename(key: number, name: string): void;
  /** Out of the list, before it is sent. */
  remove(key: number): void;
  /** All that are chosen and have a name that an image can have. */
  send(): void;
  cancel(key: number): void;
  retry(key: number): void;
}

const atOnce = 2;
let lastKey = 0;

/** Files that are chosen, named and sent, two at a time. Who leaves the page cancels what is not done; the browser asks before it is closed. */
export function useUploads(onDone: () => void): Uploads {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const cancels = useRef(new Map<number, () => void>());
  const change = (key: number, changes: Partial<Upload>) =>
    setUploads((before) => before.map((upload) => (upload.key === key ? { ...upload, ...changes } : upload)));

  const start = ({ key, file, name, ownerId }: Upload) => {
    const { done, cancel } = sendFile({ file, name, ownerId }, (sentBytes) => change(key, { sentBytes }));
    cancels.current.set(key, cancel);
    change(key, { state: 'sending', sentBytes: 0, message: undefined });
    done
      .then(
        (image) => {
          change(key, { state: 'done', image });
          onDone();
        },
        (error: Error) =>
          setUploads((before) =>
            before.map((upload) =>
              upload.key === key && upload.state !== 'cancelled'
                ? { ...upload, state: 'failed', message: error.message }
                : upload,
            ),
          ),
      )
      .finally(() => cancels.current.delete(key));
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the list alone makes room for the next one
  useEffect(() => {
    const free = atOnce - uploads.filter(({ state }) => state === 'sending').length;
    const waiting = uploads.filter(({ state, key }) => state === 'waiting' && !cancels.current.has(key));
    for (const upload of waiting.slice(0, Math.max(0, free))) start(upload);
  }, [uploads]);

  useEffect(() => {
    const running = cancels.current;
    return () => {
      for (const cancel of running.values()) cancel();
    };
  }, []);

  const isBusy = uploads.some(({ state }) => state === 'waiting' || state === 'sending');
  useEffect(() => {
    if (!isBusy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isBusy]);

  return {
    uploads,
    choose: (files, ownerId) => {
      const added = [...files].map((file): Upload => {
        lastKey += 1;
        return { key: lastKey, file, name: file.name, ownerId, state: 'chosen', sentBytes: 0 };
      });
      setUploads((before) => [...before, ...added]);
    },
    rename: (key, name) => change(key, { name }),
    remove: (key) => setUploads((before) => before.filter((upload) => upload.key !== key)),
    send: () =>
      setUploads((before) =>
        before.map((upload) => (isReady(upload) ? { ...upload, state: 'waiting' as const } : upload)),
      ),
    cancel: (key) => {
      change(key, { state: 'cancelled' });
      cancels.current.get(key)?.();
    },
    retry: (key) => change(key, { state: 'waiting', sentBytes: 0, message: undefined }),
  };
}

function isReady({ state, name }: Upload): boolean {
  return state === 'chosen' && toImageName(name) !== null;
}
