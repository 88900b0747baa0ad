import { jest } from '@jest/globals';
import pg from 'pg';

export interface StatementFaults {
  /** Throws the error that a statement must end with, instead of being sent. */
  before?: (text: string) => void;
  /** Throws the error that comes in place of a statement's answer. Only for statements that are awaited. */
  after?: (text: string) => void;
}

/** Watches every statement that this process sends to any database, whoever sends it. */
export function watchStatements({ before, after }: StatementFaults = {}) {
  const sent: { text: string; values: unknown[] }[] = [];
  const send = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  const spy = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [first, second] = args;
    const { text = '', values = [] } =
      typeof first === 'string'
        ? { text: first, values: Array.isArray(second) ? second : [] }
        : ((first as { text?: string; values?: unknown[] } | undefined) ?? {});
    sent.push({ text, values });
    before?.(text);
    const answer = send.apply(this, args);
    if (!after || !(answer instanceof Promise)) return answer;
    return answer.then((result) => {
      after(text);
      return result;
    });
  } as never);
  return {
    /** Every statement so far, with its values. */
    sent: sent as readonly { readonly text: string; readonly values: readonly unknown[] }[],
    /** How many statements have this part. */
    count: (part: string): number => sent.filter(({ text }) => text.includes(part)).length,
    texts: (): readonly string[] => sent.map(({ text }) => text),
    stop: () => spy.mockRestore(),
  };
}
