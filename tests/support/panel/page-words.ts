interface Related {
  one: string;
  many: string;
}

interface Described {
  description?: string;
  label?: string;
  custom?: Record<string, unknown>;
}

interface State {
  locale: { translations: Record<string, unknown> };
  resources: {
    actions: Described[];
    properties?: Record<string, Described>;
    listProperties: Described[];
    showProperties: Described[];
    editProperties: Described[];
  }[];
}

/** The texts of the definitions that a page starts with: labels, help, words of choices, what goes with a record. */
export function pageWords(html: string): { texts: Set<string>; counted: Set<string> } {
  const state = JSON.parse(/window\.REDUX_STATE = (\{.*\});\n/.exec(html)?.[1] ?? '') as State;
  const [texts, counted] = [new Set<string>(), new Set<string>()];
  leaves(state.locale.translations, texts);
  for (const resource of state.resources) {
    const { actions, listProperties, showProperties, editProperties } = resource;
    for (const described of [actions, listProperties, showProperties, editProperties].flat()) {
      leaves([described.description, ...saidOf(described.custom ?? {})], texts);
      for (const { many } of relatedOf(described.custom ?? {})) counted.add(many);
    }
  }
  return { texts, counted };
}

/** What components say of a definition's `custom`. */
function saidOf({ words, empty, advice, groups, permissions }: Record<string, unknown>): unknown[] {
  const titles = ((groups ?? []) as { title: string }[]).map(({ title }) => title);
  return [words, empty, advice, titles, ((permissions ?? []) as { words: string }[]).map((one) => one.words)];
}

function relatedOf({ goesWithIt, protectedBy }: Record<string, unknown>): Related[] {
  return [goesWithIt, protectedBy].flat().filter(Boolean) as Related[];
}

/** The same in every language. */
const names = /^(?:Darkroom|WebP|AVIF|JPEG|SHA-256)$/;

function leaves(value: unknown, into: Set<string>): void {
  if (typeof value === 'string' && value !== '' && !names.test(value)) into.add(value);
  if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) leaves(one, into);
}
