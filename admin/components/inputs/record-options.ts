import { ApiClient, type RecordJSON } from 'adminjs';

/** What can be chosen of a resource: what a typed text matches, by name, 50 at most; nothing without the right to see it. */
export async function findOptions(resourceId: string, typed: string): Promise<RecordJSON[]> {
  return new ApiClient().searchRecords({ resourceId, query: typed }).catch(() => []);
}

const channelName = 'darkroom-records';

/** What became of a record in a window that a form had opened. */
interface Outcome {
  id: string;
  title: string;
  isDeleted?: boolean;
}

interface Message extends Outcome {
  /** The form that waits for it. */
  ticket: string;
}

const ticketParam = 'chosenFor';

/**
 * Opens the form for a new record, or the page that deletes one, in a window of its own; `then` gets what was made or
 * deleted there. Gives a function that stops waiting.
 */
export function askNewWindow(address: string, then: (outcome: Outcome) => void): () => void {
  const ticket = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data: { ticket: other, ...outcome } }: MessageEvent<Message>) => {
    if (other !== ticket) return;
    channel.close();
    then(outcome);
  };
  window.open(`${address}?${ticketParam}=${ticket}`, '_blank');
  return () => channel.close();
}

/** In such a window: tells the form that waits, and closes. False when none waits for it. */
export function giveToWaitingForm(outcome: Outcome): boolean {
  const ticket = new URLSearchParams(window.location.search).get(ticketParam);
  if (ticket === null) return false;
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ ticket, ...outcome } satisfies Message);
  channel.close();
  window.close();
  return true;
}
