/** A place in the events of one account, as `Last-Event-ID` carries it. */
export interface EventCursor {
  /** Of the last event that was seen; 0 before the first. */
  id: number;
  /** When that was, in milliseconds since 1970. */
  at: number;
}

/** `1234-1763800000000`: opaque to others. */
export function formatEventCursor({ id, at }: EventCursor): string {
  return `${id}-${at}`;
}

/** Null when it is not one of ours. */
export function parseEventCursor(text: string): EventCursor | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return match ? { id: Number(match[1]), at: Number(match[2]) } : null;
}
