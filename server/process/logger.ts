import { type LogFn, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.ts';
import { gone, isSecretName, redactText } from './redact.ts';

export { redactUrl } from './redact.ts';

/** Marks fields whose caller has taken secrets out: what every request logs is not searched twice. */
export const isRedacted: unique symbol = Symbol('redacted');

export interface LoggerOptions {
  level: Config['logLevel'];
  /** JSON lines; text to read when it is a terminal. */
  stream: NodeJS.WriteStream | (NodeJS.WritableStream & { isTTY?: boolean });
}

/**
 * What happened, for those who run it. Passwords, tokens, signatures and cookies are taken out, by the name of their
 * field and by what they look like; a caller must still not pass them.
 */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string | symbol, unknown>) => (isRedacted in fields ? fields : redactFields(fields, 0)),
    },
    hooks: {
      logMethod(args: Parameters<LogFn>, method: LogFn) {
        method.apply(
          this,
          args.map((arg: unknown) => (typeof arg === 'string' ? redactText(arg) : arg)) as typeof args,
        );
      },
    },
    base: { pid: process.pid },
    serializers: { err: serializeError, error: serializeError },
  };
  const readable = stream.isTTY
    ? pretty({ destination: stream, colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid', singleLine: true })
    : stream;
  return pino(options, readable);
}

const maxDepth = 6;

function redactFields(fields: object, depth: number): Record<string, unknown> {
  const redacted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    redacted[name] = isSecretName(name) && value != null ? gone : redactValue(value, depth + 1);
  }
  return redacted;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return serializeError(value);
  if (depth > maxDepth) return '[too deep]';
  if (Array.isArray(value)) return value.map((one) => redactValue(one, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), depth + 1);
  return redactFields(value, depth);
}

interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: unknown;
  errors?: unknown[];
}

/** A few known members alone: errors of the AWS SDK and of Sequelize carry headers, statements and values. */
export function serializeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? redactText(thrown) : thrown;
  const { code, cause } = thrown as Error & { code?: unknown };
  const logged: LoggedError = {
    type: thrown.name,
    message: redactText(thrown.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(thrown.stack ? { stack: redactText(thrown.stack) } : {}),
    ...(cause !== undefined && depth < 5 ? { cause: serializeError(cause, depth + 1) } : {}),
    // A refused connection of PostgreSQL says so only here.
    ...(thrown instanceof AggregateError && depth < 5
      ? { errors: thrown.errors.slice(0, 5).map((one) => serializeError(one, depth + 1)) }
      : {}),
  };
  return logged;
}
