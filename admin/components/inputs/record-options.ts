import { ApiClient, type RecordJSON } from 'adminjs';

/** What can be chosen of a resource: what a typed text matches, by name, 50 at most; nothing without the right to see it. */
export async function findOptions(resourceId: string, typed: string): Promise<RecordJSON[]> {
  return new ApiClient().searchRecords({ resourceId, query: typed }).catch(() => []);
}

const channelName = 'darkroom-made';

interface Made {
  /** The form that waits for it. */
  ticket: string;
  id: string;
  title: string;
}

const ticketParam = 'chosenFor';

/** Opens the form for a new record in a window of its own; `then` gets what was made there. Gives a function that stops waiting. */
export function makeInNewWindow(address: string, then: (made: { id: string; title: string }) => void): () => void {
  const ticket = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<Made>) => {
    if (data.ticket !== ticket) return;
    channel.close();
    then({ id: data.id, title: data.title });
  };
  window.open(`${address}?${ticketParam}=${ticket}`, '_blank');
  return () => channel.close();
}

/** In such a window: tells the form that waits, and closes. False when none waits for it. */
export function giveToWaitingForm(made: { id: string; title: string }): boolean {
  const ticket = new URLSearchParams(window.location.search).get(ticketParam);
  if (ticket === null) return false;
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ ticket, ...made } satisfies Made);
  channel.close();
  window.close();
  return true;
}
