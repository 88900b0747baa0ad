import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createOwnerQueue } from '../../../../../server/embedded/function/owner-queue.ts';

function takeAll(queue: ReturnType<typeof createOwnerQueue<string>>): string[] {
  const taken: string[] = [];
  for (let next = queue.take(); next; next = queue.take()) taken.push(next.id);
  return taken;
}

describe('what waits, by owner', () => {
  it('comes in turns, each owner’s own in its order', () => {
    const queue = createOwnerQueue<string>(100);
    for (const id of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2']) queue.add(id.slice(0, 1), id, '');
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
  });

  it('is given up by whoever has most when somebody with fewer comes', () => {
    const queue = createOwnerQueue<string>(4);
    for (const id of ['a1', 'a2', 'a3', 'a4']) expect(queue.add('a', id, '')).toBe(true);
    expect(queue.add('a', 'a5', '')).toBe(false);
    expect(queue.add('b', 'b1', '')).toBe(false);
    expect([queue.has('a4'), queue.has('b1'), queue.size]).toEqual([false, true, 4]);
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('never lets an owner wait for more than one of each other owner', () => {
    const adds = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(1000)), { maxLength: 60 });
    fc.assert(
      fc.property(adds, fc.integer({ min: 1, max: 80 }), (given, most) => {
        const queue = createOwnerQueue<string>(most);
        for (const [owner, number] of given) if (!queue.has(owner + number)) queue.add(owner, owner + number, '');
        expect(queue.size).toBeLessThanOrEqual(most);
        const taken = takeAll(queue);
        expect(new Set(taken).size).toBe(taken.length);
        for (const owner of ['a', 'b', 'c', 'd']) {
          const places = taken.flatMap((id, place) => (id.startsWith(owner) ? [place] : []));
          for (const [index, place] of places.entries()) {
            const between = taken.slice(index === 0 ? 0 : places[index - 1]! + 1, place);
            expect(new Set(between.map((id) => id.charAt(0))).size).toBe(between.length);
          }
        }
      }),
    );
  });
});
