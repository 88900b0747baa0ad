import { DarkroomError } from './darkroom-error.ts';
import type { UploadProgress } from './upload.ts';

export interface SendWithXhrOptions {
  address: string;
  headers: Record<string, string>;
  body: Blob;
  onProgress: (progress: UploadProgress) => void;
  signal?: AbortSignal | undefined;
}

/** POST as a browser's `fetch` would, telling what has left: `fetch` cannot. */
export function sendWithXhr({ address, headers, body, onProgress, signal }: SendWithXhrOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    xhr.open('POST', address);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => onProgress({ sentBytes: loaded, totalBytes: body.size });
    xhr.onload = () => resolve(responseOf(xhr));
    xhr.onerror = () => reject(new DarkroomError('network', 'The service cannot be reached. Try again.'));
    xhr.onabort = () => reject(new DarkroomError('aborted', 'It was aborted.'));
    xhr.onloadend = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort, { once: true });
    xhr.send(body);
  });
}

function responseOf(xhr: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().trim().split('\r\n')) {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    if (name) headers.append(name, value ?? '');
  }
  return new Response(xhr.responseText, { status: xhr.status, headers });
}
