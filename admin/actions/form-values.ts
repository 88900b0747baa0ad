/** AdminJS's forms cannot send these values as they are. */
const stands = new Map<unknown, unknown>([
  ['__FORM_VALUE_NULL__', null],
  ['__FORM_VALUE_EMPTY_ARRAY__', []],
  ['__FORM_VALUE_EMPTY_OBJECT__', {}],
]);

/**
 * What a form sent, JSON or text, read by the names that an action asks for: what it does not ask for is never looked at.
 * A value of another kind is passed on as it is, so that the use case's own rule names the fault.
 */
export class FormValues {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(payload: Record<string, unknown>) {
    this.#values = new Map(Object.entries(payload).map(([name, value]) => [name, stands.get(value) ?? nullOr(value)]));
  }

  has(name: string): boolean {
    return this.#values.has(name) || this.#indexed(name).length > 0;
  }

  raw(name: string): unknown {
    return this.#values.get(name);
  }

  text(name: string): string {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : '';
  }

  boolean(name: string): unknown {
    const value = this.#values.get(name);
    return value === 'true' ? true : value === 'false' || value === '' || value === null ? false : value;
  }

  /** Null for an empty field. */
  number(name: string): unknown {
    const value = this.#values.get(name);
    if (value === '' || value === null) return null;
    return typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  }

  /** An array, `name.0`, `name.1`…, or text with commas. */
  list(name: string): unknown {
    const value = this.#values.get(name);
    if (typeof value === 'string') return value.split(/[\s,;]+/).filter((part) => part !== '');
    return value ?? this.#indexed(name);
  }

  /** A list of whole numbers. */
  numbers(name: string): unknown {
    const list = this.list(name);
    if (!Array.isArray(list)) return list;
    return list.map((one) => (typeof one === 'string' && /^\d{1,9}$/.test(one) ? Number(one) : one));
  }

  #indexed(name: string): unknown[] {
    const found: unknown[] = [];
    for (let index = 0; this.#values.has(`${name}.${index}`); index += 1)
      found.push(this.#values.get(`${name}.${index}`));
    return found;
  }
}

function nullOr(value: unknown): unknown {
  return value === '__FORM_VALUE_NULL__' ? null : value;
}
