import type { Forms, Values, Words } from './say-in.ts';

/** A finished English message in another language; undefined where there are no words for it. */
export type SayProblem = (english: string) => string | undefined;

interface Template {
  /** What stands before, between and behind its places. */
  texts: string[];
  /** Of its places, in their order. */
  names: string[];
  said: string | Forms;
  /** How much of it is text: of two templates that fit, the one that says more is meant. */
  weight: number;
}

/** `{{what}}` stands for words of ours, which are said in that language as well; all other places hold values. */
const wordsPlace = 'what';

/**
 * What use cases, schemas and the function say, in one language. They say it in finished English sentences, the same over
 * REST, tRPC and here; so the words have templates as their keys, and a sentence is found by the one that it fits:
 * `The tier takes images of {{most}} bytes at most.` `{{count}}` chooses the form for a number.
 *
 * @param language BCP 47, as `Intl` takes it
 * @param problems by their English templates
 * @param words what else a `{{what}}` may be
 */
export function problemsIn(language: string, problems: Words, words: Words = {}): SayProblem {
  const rules = new Intl.PluralRules(language);
  const templates = Object.entries(problems)
    .filter(([english]) => english.includes('{{'))
    .map(([english, said]) => templateOf(english, said))
    .sort((a, b) => b.weight - a.weight);

  const fill = ({ texts, names, said }: Template, english: string): string | undefined => {
    const found = valuesBetween(texts, english);
    if (!found) return undefined;
    const values: Values = {};
    for (const [at, name] of names.entries()) {
      const given = found[at] ?? '';
      const value = name === wordsPlace ? whatIs(given) : given;
      if (value === undefined) return undefined;
      values[name] = value;
    }
    const forms = typeof said === 'string' ? { other: said } : said;
    const text = forms[rules.select(Number(values.count ?? 0))] ?? forms.other;
    return text.replaceAll(places, (place, name: string) => String(values[name] ?? place));
  };
  const sayOne: SayProblem = (english) => {
    const known = Object.hasOwn(problems, english) ? problems[english] : undefined;
    if (typeof known === 'string') return known;
    for (const template of templates) {
      const text = fill(template, english);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const whatIs = (english: string): string | undefined => {
    const known = Object.hasOwn(words, english) ? words[english] : undefined;
    return typeof known === 'string' ? known : sayOne(english);
  };
  return (english) => {
    if (english.length > mostCharacters) return undefined;
    const sentences = english.split(/(?<=\.) (?=\p{Lu})/u);
    return sentences.length > mostSentences ? sayOne(english) : saySentences(sentences, sayOne);
  };
}

/** Somebody's own text may stand in a message; to look for words in one of any length would take any time. */
const mostCharacters = 2_000;
const mostSentences = 8;

/** Several messages may stand one after the other; each may be several sentences. All of them, or none. */
function saySentences(sentences: string[], sayOne: SayProblem): string | undefined {
  for (let taken = sentences.length; taken > 0; taken -= 1) {
    const said = sayOne(sentences.slice(0, taken).join(' '));
    if (said === undefined) continue;
    if (taken === sentences.length) return said;
    const rest = saySentences(sentences.slice(taken), sayOne);
    if (rest !== undefined) return `${said} ${rest}`;
  }
  return undefined;
}

const places = /\{\{(\w+)\}\}/g;

function templateOf(english: string, said: string | Forms): Template {
  const texts = english.split(/\{\{\w+\}\}/);
  return {
    texts,
    names: [...english.matchAll(places)].map(([, name]) => name ?? ''),
    said,
    weight: texts.join('').length,
  };
}

/**
 * What a sentence has at the places between these texts, each as short as it can be; null when it does not fit. Each
 * text is looked for once, behind the one before: a pattern with several places would try all their lengths.
 */
function valuesBetween(texts: readonly string[], sentence: string): string[] | null {
  const [first = '', ...others] = texts;
  const last = others.pop() ?? '';
  const end = sentence.length - last.length;
  if (!sentence.startsWith(first) || !sentence.endsWith(last)) return null;
  const values: string[] = [];
  let from = first.length;
  for (const text of others) {
    const at = sentence.indexOf(text, from);
    if (at < 0) return null;
    values.push(sentence.slice(from, at));
    from = at + text.length;
  }
  return from > end ? null : [...values, sentence.slice(from, end)];
}
