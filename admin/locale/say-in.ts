/** The forms that a language has for numbers, by their names in `Intl.PluralRules`; `other` is always there. */
export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** What the panel says, by its English words; those with a count by the English for many. */
export type Words = Record<string, string | Forms>;

export type Values = Record<string, string | number>;

export interface Say {
  /** `say('Uploaded by {{name}}', { name })`: the words in this language, English where a file lacks them. */
  (english: string, values?: Values): string;
  /** `say.count(3, { one: '{{count}} image', other: '{{count}} images' })`: the count is grouped as people read it. */
  count(count: number, english: Forms, values?: Values): string;
  /** `1,204`, as the language groups it. */
  number(value: number): string;
}

/**
 * The words of one language. As gettext does it, the English text is the key, so that code reads as the page does.
 *
 * @param language BCP 47, as `Intl` takes it
 */
export function sayIn(language: string, words: Words = {}): Say {
  const rules = new Intl.PluralRules(language);
  const say = (english: string, values?: Values) => {
    const found = words[english] ?? english;
    return filled(typeof found === 'string' ? found : found.other, values);
  };
  return Object.assign(say, {
    count(count: number, english: Forms, values?: Values) {
      const found = words[english.other] ?? english;
      const forms = typeof found === 'string' ? { other: found } : found;
      return filled(forms[rules.select(count)] ?? forms.other, { count: count.toLocaleString(language), ...values });
    },
    number: (value: number) => value.toLocaleString(language),
  });
}

/** Marks a text that stands in a table and is said later, so that it is found like the others. */
export function word<T extends string>(english: T): T {
  return english;
}

function filled(text: string, values: Values = {}): string {
  return text.replace(/\{\{(\w+)\}\}/g, (place, name: string) => String(values[name] ?? place));
}
