import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.ts';
import { redactText } from './redact.ts';

export { redactUrl } from './redact.ts';

export interface LoggerOptions {
  level: Config['logLevel'];
  /** JSON lines; text to read when it is a terminal. */
  stream: NodeJS.WriteStream | (NodeJS.WritableStream & { isTTY?: boolean });
}

const secretFields = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'passwordHash',
  'token',
  'access',
  'refresh',
  'secret',
  'secretAccessKey',
  'sessionToken',
  'current',
  'new',
];
const atDepth = (prefix: string) =>
  secretFields.map((field) => (field.startsWith('[') ? prefix + field : `${prefix}.${field}`));

/**
 * What happened, for those who run it. Passwords, tokens, signatures and cookies are taken out wherever they
 * usually stand; whoever logs still leaves them away.
 */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    base: { pid: process.pid },
    serializers: { err: serializeError, error: serializeError },
    redact: { paths: [...secretFields, ...atDepth('*'), ...atDepth('*.*')], censor: '[redacted]' },
  };
  const readable = stream.isTTY
    ? pretty({ destination: stream, colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid', singleLine: true })
    : stream;
  return pino(options, readable);
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
