import { type Parser, SettingFault } from './parsers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings and collects what is wrong with them, so that all of it can be told at once. An empty value is none:
 * `.env.example`, copied as it is, sets nothing.
 */
export interface SettingReader {
  /** The value, or the fallback when there is none or it has a fault. */
  read<Value, Fallback>(name: string, parse: Parser<Value>, fallback: Fallback): Value | Fallback;
  isGiven(name: string): boolean;
  fault(sentence: string): void;
  readonly faults: readonly string[];
  /** Every setting that was asked for. */
  readonly names: ReadonlySet<string>;
}

export function createSettingReader(environment: Environment): SettingReader {
  const faults: string[] = [];
  const names = new Set<string>();
  const textOf = (name: string) => environment[name]?.trim() ?? '';

  return {
    faults,
    names,
    isGiven: (name) => textOf(name) !== '',
    fault: (sentence) => {
      faults.push(sentence);
    },
    read(name, parse, fallback) {
      names.add(name);
      const text = textOf(name);
      if (text === '') return fallback;
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof SettingFault)) throw error;
        faults.push(`${name} ${error.message}.`);
        return fallback;
      }
    },
  };
}
