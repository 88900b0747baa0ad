import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Request } from 'express';
import { AppError } from '../../core/errors.ts';
import { onCutOff } from './cut-off.ts';

export interface SenderLimits {
  /** How long a sender may be silent in the middle of a body. */
  idleMilliseconds: number;
  /** What a sender has to reach on average, counted after `idleMilliseconds` and only while it is waited for. */
  minBytesPerSecond: number;
}

export const defaultSenderLimits: SenderLimits = { idleMilliseconds: 30_000, minBytesPerSecond: 512 };

export interface WatchOptions extends SenderLimits {
  /** What `Content-Digest` promises of the body, asked at its end; another is `digest_mismatch` in place of the end. */
  promisedDigest?: (() => Buffer | null) | null;
  /** More than this is `too_large`. */
  maxBytes?: number;
}

/**
 * The body of a request as a stream of its own. It takes nothing from the connection before it is first read; it fails
 * with `incomplete_body` when the sender goes, with `request_timeout` when the sender is silent or too slow (time that we
 * keep it waiting does not count); and destroying it leaves the request alone, so that an answer can still be sent.
 */
export function watchBody(req: Request, options: WatchOptions): Readable {
  const digest = options.promisedDigest ? createHash('sha256') : null;
  let started = false;
  let receivedBytes = 0;
  let waitedMilliseconds = 0;
  let silentMilliseconds = 0;
  let timer: NodeJS.Timeout | undefined;
  let cutOff: { stop(): void } | undefined;

  const body = new Readable({
    read() {
      if (!started) start();
      req.resume();
    },
    destroy(error, callback) {
      stop();
      callback(error);
    },
  });

  function start(): void {
    started = true;
    if (req.destroyed || req.readableAborted) {
      body.destroy(incomplete());
      return;
    }
    req.on('data', onData).once('end', onEnd).once('close', onGone).on('error', onGone);
    cutOff = onCutOff(req, () => body.destroy(incomplete()));
    const tickMilliseconds = Math.min(1_000, Math.ceil(options.idleMilliseconds / 4));
    timer = setInterval(() => onTick(tickMilliseconds), tickMilliseconds);
    timer.unref();
  }

  function stop(): void {
    clearInterval(timer);
    cutOff?.stop();
    if (!started) return;
    req.off('data', onData).off('end', onEnd).off('close', onGone);
    if (!req.readableEnded) req.pause();
  }

  function onData(chunk: Buffer): void {
    receivedBytes += chunk.length;
    silentMilliseconds = 0;
    if (options.maxBytes !== undefined && receivedBytes > options.maxBytes) {
      body.destroy(new AppError('too_large', `More than ${options.maxBytes} bytes are not taken here.`));
      return;
    }
    digest?.update(chunk);
    if (!body.push(chunk)) req.pause();
  }

  function onEnd(): void {
    stop();
    try {
      checkDigest();
      body.push(null);
    } catch (error) {
      body.destroy(error as Error);
    }
  }

  function checkDigest(): void {
    const promised = options.promisedDigest?.();
    if (!promised || digest?.digest().equals(promised)) return;
    throw new AppError('digest_mismatch', 'The bytes that arrived are not those of Content-Digest. Send them again.');
  }

  function onGone(): void {
    if (!req.complete || req.readableAborted) body.destroy(incomplete());
  }

  function onTick(milliseconds: number): void {
    if (req.isPaused()) return;
    waitedMilliseconds += milliseconds;
    silentMilliseconds += milliseconds;
    const isTooSlow =
      waitedMilliseconds > options.idleMilliseconds &&
      receivedBytes < (options.minBytesPerSecond * waitedMilliseconds) / 1_000;
    if (silentMilliseconds < options.idleMilliseconds && !isTooSlow) return;
    body.destroy(
      new AppError(
        'request_timeout',
        'The body came too slowly or stopped coming. Send it again on a better connection.',
      ),
    );
  }

  return body;
}

function incomplete(): AppError {
  return new AppError('incomplete_body', 'The body ended before all of it was there. Send it again.');
}
