let waiting: File[] = [];

/** Files that were dropped on a list, for the page that asks whose they are. */
export function keepWaiting(files: Iterable<File>): void {
  waiting = [...files];
}

export function takeWaiting(): File[] {
  const files = waiting;
  waiting = [];
  return files;
}
