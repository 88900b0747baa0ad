export type Pace = (done: number, total: number) => string;

const windowMilliseconds = 20_000;
const sampleMilliseconds = 250;

/**
 * How fast work goes, by its last twenty seconds, and how long the rest will take: `12 MB/s, 4 minutes left`. Empty
 * until something can be told.
 *
 * @param inWords An amount of the work (bytes, images) for a person.
 */
export function createPace(inWords: (amount: number) => string, now = () => performance.now()): Pace {
  const samples: { at: number; done: number }[] = [];
  return (done, total) => {
    const at = now();
    if (at - (samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= sampleMilliseconds) samples.push({ at, done });
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > windowMilliseconds) samples.shift();
    const [first] = samples;
    if (!first || at - first.at < 1_000 || done <= first.done) return '';
    const perSecond = ((done - first.done) / (at - first.at)) * 1_000;
    return `${inWords(perSecond)}/s, ${duration(Math.max(0, total - done) / perSecond)} left`;
  };
}

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** `950 bytes`, `1.2 GB`: thousands, as disks and clouds count. */
export function bytesInWords(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const amount = bytes / 1_000 ** power;
  return `${power > 0 && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return count(Math.ceil(seconds), 'second');
  if (seconds < 90 * 60) return count(Math.round(seconds / 60), 'minute');
  return count(Math.round(seconds / 3_600), 'hour');
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
