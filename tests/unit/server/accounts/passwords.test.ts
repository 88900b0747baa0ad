import { describe, expect, it } from '@jest/globals';
import { hash as argon2Hash } from '@node-rs/argon2';
import { createGate } from '../../../../core/async/gate.ts';
import { createPasswords } from '../../../../server/accounts/passwords.ts';

describe('passwords', () => {
  const passwords = createPasswords();

  it('hashes with argon2id at OWASP’s cost and a salt of its own', async () => {
    const [one, two] = await Promise.all([passwords.hash('korrekt-horse'), passwords.hash('korrekt-horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it('takes a password exactly as it was given', async () => {
    const long = `${'p'.repeat(72)}A`;
    const hash = await passwords.hash(long);
    await expect(passwords.verify(hash, long)).resolves.toBe(true);
    await expect(passwords.verify(hash, long.slice(0, 72))).resolves.toBe(false);
    await expect(passwords.verify(hash, long.toLowerCase())).resolves.toBe(false);
    await expect(passwords.verify(hash, `${long} `)).resolves.toBe(false);
    const composed = await passwords.hash('pässword-with-nul\0inside');
    await expect(passwords.verify(composed, 'pässword-with-nul\0inside')).resolves.toBe(true);
    await expect(passwords.verify(composed, 'pässword-with-nul')).resolves.toBe(false);
  });

  it('refuses overlong passwords before it hashes them', async () => {
    await expect(passwords.hash('x'.repeat(1025))).rejects.toMatchObject({ code: 'weak_password' });
    const hash = await passwords.hash('🦊'.repeat(1024));
    await expect(passwords.verify(hash, '🦊'.repeat(1024))).resolves.toBe(true);
    await expect(passwords.verify(hash, 'x'.repeat(1_000_000))).resolves.toBe(false);
  });

  it.each([
    [null],
    [''],
    ['!'],
    ['plain'],
    ['$2b$10$abcdefghijklmnopqrstuv'],
    ['$argon2id$v=19$m=0,t=0,p=0$$'],
    ['$argon2i$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$aaaa'],
  ])('lets nobody in by the hash %j', async (hash) => {
    await expect(passwords.verify(hash, '')).resolves.toBe(false);
    await expect(passwords.verify(hash, 'plain')).resolves.toBe(false);
  });

  it('takes as long without an account as with one', async () => {
    const hash = await passwords.hash('some-password-1');
    const fastest = [Infinity, Infinity];
    for (let round = 0; round < 15; round += 1) {
      for (const [index, which] of [hash, null].entries()) {
        const start = performance.now();
        await passwords.verify(which, 'another-password');
        fastest[index] = Math.min(fastest[index]!, performance.now() - start);
      }
    }
    const ratio = fastest[1]! / fastest[0]!;
    // Wide bounds, for a busy machine: without the hash of nobody it would be near nothing.
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
  });

  it('tells hashes that were made with less effort', async () => {
    const weak = await argon2Hash('a', { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    expect(passwords.needsRehash(weak)).toBe(true);
    expect(passwords.needsRehash(await passwords.hash('a'))).toBe(false);
    expect(passwords.needsRehash('$2b$10$abcdefghijklmnopqrstuv')).toBe(true);
  });

  it('refuses a flood instead of queueing it without end', async () => {
    const narrow = createPasswords({ concurrency: 1, maxWaiting: 3 });
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => narrow.verify(null, 'flood')));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(16);
    expect(refused[0]?.reason).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    await expect(narrow.verify(null, 'afterwards')).resolves.toBe(false);
  });
});

describe('gate', () => {
  it('runs as many at once as it may, in order, and goes on after a failure', async () => {
    const gate = createGate({ concurrency: 2, maxWaiting: 100 });
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        gate.run(async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(index);
          await new Promise((resolve) => setTimeout(resolve, 2));
          running -= 1;
          if (index % 3 === 0) throw new Error('broken');
          return index;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(6);
    expect(gate.waiting).toBe(0);
  });
});
