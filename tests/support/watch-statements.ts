import { jest } from '@jest/globals';
import pg from 'pg';

/**
 * Watches every statement that this process sends to any database, whoever sends it. `fail` throws the error that a
 * statement must end with, instead of being sent.
 */
export function watchStatements(fail: (text: string) => void = () => {}) {
  const texts: string[] = [];
  const send = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  const spy = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [first] = args;
    const text = typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? '');
    texts.push(text);
    fail(text);
    return send.apply(this, args);
  } as never);
  return {
    count: (part: string): number => texts.filter((text) => text.includes(part)).length,
    stop: () => spy.mockRestore(),
  };
}
