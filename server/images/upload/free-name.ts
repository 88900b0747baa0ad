import { AppError } from '../../../core/errors.ts';
import { numberedName } from '../image-name.ts';

/** Which of these names are taken. */
export type FindTaken = (names: readonly string[]) => Promise<ReadonlySet<string>>;

const maxDoublings = 24;
const namesAtOnce = 64;

/**
 * The name itself, or the name with a number that is free: the lowest one when they are taken without gaps. It gallops
 * (1, 2, 4, 8 …) and then halves, so that the ten-thousandth `cat.png` costs a handful of queries and not ten thousand.
 */
export async function findFreeName(name: string, findTaken: FindTaken): Promise<string> {
  const gallop = Array.from({ length: maxDoublings }, (_, doubling) => 2 ** doubling);
  const taken = await findTaken([name, ...gallop.map((number) => numberedName(name, number))]);
  if (!taken.has(name)) return name;
  let free = gallop.find((number) => !taken.has(numberedName(name, number)));
  if (free === undefined) throw new AppError('name_taken', 'All names like this one are taken. Give another name.');
  let used = Math.floor(free / 2);
  while (free - used > 1) {
    const step = Math.max(1, Math.floor((free - used) / namesAtOnce));
    const numbers: number[] = [];
    for (let number = used + step; number < free; number += step) numbers.push(number);
    const takenHere = await findTaken(numbers.map((number) => numberedName(name, number)));
    const firstFree: number = numbers.find((number) => !takenHere.has(numberedName(name, number))) ?? free;
    used = Math.max(used, ...numbers.filter((number) => number < firstFree));
    free = firstFree;
  }
  return numberedName(name, free);
}
