import type { Response } from 'express';
import { AppError } from '../../core/errors.ts';

/** Aborts when the connection closes before the answer is out. Whatever ends with its reason is nobody's fault. */
export function onceGone(res: Response): AbortSignal {
  const gone = new AbortController();
  const reason = new AppError('incomplete_body', 'The connection was closed before the answer.');
  if (res.closed) gone.abort(reason);
  else res.once('close', () => res.writableFinished || gone.abort(reason));
  return gone.signal;
}
