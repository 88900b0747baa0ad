import { randomBytes } from 'node:crypto';
import { hash as argon2Hash, verify as argon2Verify } from '@node-rs/argon2';
import { createGate } from '../../core/async/gate.ts';
import { AppError } from '../../core/errors.ts';
import { isOverlong, maxPasswordCharacters } from './password-rules.ts';

/** OWASP's Password Storage Cheat Sheet: argon2id (the library's default), 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Passwords {
  /** argon2id in its PHC form. `weak_password` when it has over 1024 characters, `unavailable` when too many wait. */
  hash(password: string): Promise<string>;
  /** False, after the same time, when there is no hash. `unavailable` when too many wait. */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** Whether a hash was made with less effort than is made now. */
  needsRehash(hash: string): boolean;
}

export interface PasswordsOptions {
  /** At once, of Node's four threads: uploads need some of them for the disk. */
  concurrency?: number;
  maxWaiting?: number;
}

/** Hashing and comparing, off the event loop, and never more of it at once than the machine can bear. */
export function createPasswords({ concurrency = 2, maxWaiting = 200 }: PasswordsOptions = {}): Passwords {
  const gate = createGate({ concurrency, maxWaiting });
  const hashOfNobody = argon2Hash(randomBytes(32), cost);
  hashOfNobody.catch(() => {});

  return {
    async hash(password) {
      if (isOverlong(password)) {
        throw new AppError('weak_password', `Use at most ${maxPasswordCharacters} characters.`);
      }
      return gate.run(() => argon2Hash(password, cost));
    },

    async verify(hash, password) {
      if (isOverlong(password)) return false;
      const isKnown = hash !== null && isArgon2id(hash);
      const compared = isKnown ? hash : await hashOfNobody;
      const isSame = await gate.run(() => argon2Verify(compared, password));
      return isKnown && isSame;
    },

    needsRehash(hash) {
      const parameters = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(hash);
      if (!parameters) return true;
      return (
        Number(parameters[1]) < cost.memoryCost ||
        Number(parameters[2]) < cost.timeCost ||
        Number(parameters[3]) < cost.parallelism
      );
    },
  };
}

function isArgon2id(hash: string): boolean {
  return /^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/.test(hash);
}
