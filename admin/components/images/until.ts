const minute = 60_000;

/** What `<input type="datetime-local">` holds for a moment, by the minute, in the browser's time zone. */
export function localText(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [String(moment.getFullYear()).padStart(4, '0'), two(moment.getMonth() + 1), two(moment.getDate())];
  return `${day.join('-')}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** Whole seconds from now until what such an input holds, negative for what is past; null when it holds no moment. */
export function secondsUntil(text: string, now: Date): number | null {
  const moment = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text).getTime() : Number.NaN;
  return Number.isNaN(moment) ? null : Math.round((moment - now.getTime()) / 1000);
}

/** The first and the last minute that is within the bounds, from now on. */
export function minutesWithin(
  { minSeconds, maxSeconds }: { minSeconds: number; maxSeconds: number },
  now: Date,
): { first: Date; last: Date } {
  const at = (seconds: number) => now.getTime() + seconds * 1000;
  return {
    first: new Date(Math.ceil(at(minSeconds) / minute) * minute),
    last: new Date(Math.floor(at(maxSeconds) / minute) * minute),
  };
}
