import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

export interface Sending {
  /** The image, as it is called now; rejects with an Error whose message is for people. */
  done: Promise<{ id: string; name: string }>;
  cancel(): void;
}

export interface FileToSend {
  file: File;
  /** What the image is to be called. */
  name: string;
  ownerId: string;
}

/** Sends one file for a user. By XMLHttpRequest, because `fetch` tells nothing of how much has been sent. */
export function sendFile({ file, name, ownerId }: FileToSend, onProgress: (sentBytes: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<{ id: string; name: string }>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      const answer = readAnswer(request.responseText);
      if (request.status === 201 && answer.id && answer.name) resolve({ id: answer.id, name: answer.name });
      else if (request.status === 401) reject(new Error(say('Your session has ended. Log in again.')));
      else reject(new Error(answer.problem?.detail ?? say('The server did not take it. Try again in a moment.')));
    };
    request.onerror = () =>
      reject(new Error(say('The connection broke. Nothing of this file was kept: send it again.')));
    request.onabort = () => reject(new Error(say('Cancelled')));
  });
  const address = `/upload/${encodeURIComponent(ownerId)}?filename=${encodeURIComponent(name)}`;
  request.open('POST', inPanel(address));
  // The type is what the bytes are, not what the browser makes of the suffix.
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.send(file);
  return { done, cancel: () => request.abort() };
}

function readAnswer(text: string): { id?: string; name?: string; problem?: { detail?: string } } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
