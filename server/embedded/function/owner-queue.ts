/**
 * What waits, by owner. Owners take turns, so that a thousand pictures of one do not make everybody else wait; within an
 * owner the first is the first. When it is full, whoever has most gives the last of theirs up for whoever has fewer.
 */
export interface OwnerQueue<Item> {
  readonly size: number;
  has(id: string): boolean;
  /** False when it is dropped, or another one is for it. */
  add(owner: string, id: string, item: Item): boolean;
  /** The next in turn, taken out. */
  take(): { id: string; item: Item } | null;
  clear(): void;
}

export function createOwnerQueue<Item>(maxSize: number): OwnerQueue<Item> {
  /** In the order of their turns. */
  const owners = new Map<string, Map<string, Item>>();
  const ownerOf = new Map<string, string>();

  function remove(owner: string, id: string): void {
    const items = owners.get(owner);
    items?.delete(id);
    if (items?.size === 0) owners.delete(owner);
    ownerOf.delete(id);
  }

  /** Makes room beside those who have more than this owner would; false when nobody does. */
  function makeRoom(owner: string): boolean {
    const [longest, items] = [...owners].reduce((most, each) => (each[1].size > most[1].size ? each : most));
    if (items.size <= (owners.get(owner)?.size ?? 0) + 1) return false;
    const last = [...items.keys()].at(-1);
    if (last !== undefined) remove(longest, last);
    return true;
  }

  return {
    get size() {
      return ownerOf.size;
    },
    has: (id) => ownerOf.has(id),
    add: (owner, id, item) => {
      const isFull = ownerOf.size >= maxSize;
      if (isFull && !makeRoom(owner)) return false;
      const items = owners.get(owner) ?? new Map<string, Item>();
      items.set(id, item);
      owners.set(owner, items);
      ownerOf.set(id, owner);
      return !isFull;
    },
    take: () => {
      for (const [owner, items] of owners) {
        for (const [id, item] of items) {
          remove(owner, id);
          if (items.size > 0) {
            // To the end of the row.
            owners.delete(owner);
            owners.set(owner, items);
          }
          return { id, item };
        }
      }
      return null;
    },
    clear: () => {
      owners.clear();
      ownerOf.clear();
    },
  };
}
