import { type DarkroomClient, DarkroomError, type Image } from '@darkroom/client';
import { byId, fromTemplate, within } from './dom.ts';

export interface UploadsDeps {
  darkroom: DarkroomClient;
  onUploaded(image: Image): void;
}

const atOnce = 3;

/** Files that are chosen or dropped, a few at a time, each with its progress and a way to stop it. */
export function acceptUploads({ darkroom, onUploaded }: UploadsDeps) {
  const [drop, input] = [byId('drop', HTMLLabelElement), byId('files', HTMLInputElement)];
  const list = byId('uploads', HTMLUListElement);
  const waiting: (() => Promise<void>)[] = [];
  const closing = new AbortController();
  const { signal } = closing;
  let running = 0;

  function next(): void {
    const work = running < atOnce ? waiting.shift() : undefined;
    if (!work) return;
    running += 1;
    work().finally(() => {
      running -= 1;
      next();
    });
  }

  function add(file: File): void {
    const element = fromTemplate('upload');
    const state = within(element, '.state', HTMLSpanElement);
    const bar = within(element, 'progress', HTMLProgressElement);
    const button = within(element, 'button', HTMLButtonElement);
    const stop = new AbortController();
    within(element, '.name', HTMLSpanElement).textContent = file.name;
    bar.setAttribute('aria-label', `Upload of ${file.name}`);
    button.addEventListener('click', () => {
      stop.abort();
      element.remove();
    });
    list.append(element);

    waiting.push(async () => {
      if (stop.signal.aborted) return;
      try {
        const image = await darkroom.upload(file, {
          signal: AbortSignal.any([stop.signal, signal]),
          onProgress: ({ sentBytes, totalBytes }) => {
            bar.value = totalBytes ? sentBytes / totalBytes : 0;
            state.textContent = `${Math.floor(bar.value * 100)} %`;
          },
        });
        element.remove();
        onUploaded(image);
      } catch (error) {
        if (!(error instanceof DarkroomError)) throw error;
        if (error.code === 'aborted') return;
        element.classList.add('failed');
        state.textContent = error.message;
        button.textContent = 'Dismiss';
      }
    });
    next();
  }

  const take = (files: FileList | null | undefined) => {
    for (const file of files ?? []) add(file);
  };
  input.addEventListener(
    'change',
    () => {
      take(input.files);
      input.value = '';
    },
    { signal },
  );
  drop.addEventListener('dragover', (event) => event.preventDefault(), { signal });
  drop.addEventListener('dragenter', () => drop.classList.add('over'), { signal });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'), { signal });
  drop.addEventListener(
    'drop',
    (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      take(event.dataTransfer?.files);
    },
    { signal },
  );

  return {
    close: () => {
      closing.abort();
      waiting.length = 0;
      list.replaceChildren();
    },
  };
}
