import { useEffect, useRef, useState } from 'react';
import { sendFile } from './send-file.ts';

export interface Upload {
  key: number;
  file: File;
  ownerId: string;
  state: 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled';
  sentBytes: number;
  /** What became of it. */
  image?: { id: string; name: string };
  /** Why it failed. */
  message?: string;
}

export interface Uploads {
  uploads: Upload[];
  add(files: Iterable<File>, ownerId: string): void;
  cancel(key: number): void;
  retry(key: number): void;
}

const atOnce = 2;
let lastKey = 0;

/** Files on their way, two at a time. Who leaves the page cancels what is not done; the browser asks before it is closed. */
export function useUploads(onDone: () => void): Uploads {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const cancels = useRef(new Map<number, () => void>());
  const change = (key: number, changes: Partial<Upload>) =>
    setUploads((before) => before.map((upload) => (upload.key === key ? { ...upload, ...changes } : upload)));

  const start = ({ key, file, ownerId }: Upload) => {
    const { done, cancel } = sendFile(file, ownerId, (sentBytes) => change(key, { sentBytes }));
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
    add: (files, ownerId) => {
      const added = [...files].map((file): Upload => {
        lastKey += 1;
        return { key: lastKey, file, ownerId, state: 'waiting', sentBytes: 0 };
      });
      setUploads((before) => [...before, ...added]);
    },
    cancel: (key) => {
      change(key, { state: 'cancelled' });
      cancels.current.get(key)?.();
    },
    retry: (key) => change(key, { state: 'waiting', sentBytes: 0, message: undefined }),
  };
}
