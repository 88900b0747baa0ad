import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createTurns } from '../../../../core/async/turns.ts';

describe('turns', () => {
  it('come one after another for one key, in their order, and side by side for others', async () => {
    const takeTurn = createTurns();
    const events: string[] = [];
    const work = (key: string, name: string) =>
      takeTurn(key, async () => {
        events.push(`${name} begins`);
        await sleep(20);
        events.push(`${name} ends`);
        return name;
      });
    expect(await Promise.all([work('a', '1'), work('a', '2'), work('b', '3')])).toEqual(['1', '2', '3']);
    expect(events.filter((event) => !event.startsWith('3'))).toEqual(['1 begins', '1 ends', '2 begins', '2 ends']);
    expect(events.indexOf('3 begins')).toBeLessThan(events.indexOf('1 ends'));
  });

  it('go on after one that fails', async () => {
    const takeTurn = createTurns();
    const failed = takeTurn('a', () => Promise.reject(new Error('broken')));
    const next = takeTurn('a', async () => 'fine');
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('fine');
  });

  it('are not waited for without end, and who gave up is passed over', async () => {
    const takeTurn = createTurns({ patienceMilliseconds: 30 });
    const begun: string[] = [];
    const slow = takeTurn('a', () => sleep(100));
    const impatient = takeTurn('a', async () => void begun.push('impatient'));
    await expect(impatient).rejects.toMatchObject({ code: 'unavailable' });
    await slow;
    await takeTurn('a', async () => void begun.push('later'));
    expect(begun).toEqual(['later']);
  });
});
