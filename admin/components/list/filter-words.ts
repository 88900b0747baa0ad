import { locale } from '../base/locale.ts';
import { say } from '../base/say.ts';

/** `2026`, `November 2026`, `22 November 2026`. */
export function periodInWords(period: string): string {
  const [year, month, day] = period.split('-');
  if (!month) return String(year);
  const date = new Date(`${year}-${month}-${day ?? '01'}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return period;
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', timeZone: 'UTC' };
  return date.toLocaleDateString(locale, day ? { ...options, day: 'numeric' } : options);
}

/** What a filter's choice is called. */
export function choiceInWords(label: string): string {
  return { true: say('Yes'), false: say('No') }[label] ?? label;
}
