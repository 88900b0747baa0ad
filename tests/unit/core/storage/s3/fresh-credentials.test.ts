import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createFreshCredentials, type ExpiringCredentials } from '../../../../../core/storage/s3/fresh-credentials.ts';

const minute = 60_000;

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-11-22T18:00:00Z') });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Gives credentials of an hour, numbered, and fails while `broken`. */
function provider() {
  const state = { calls: 0, broken: false };
  const provide = async (): Promise<ExpiringCredentials> => {
    state.calls += 1;
    if (state.broken) throw new Error('no answer');
    return {
      accessKeyId: `AK${state.calls}`,
      secretAccessKey: 'SK',
      expiration: new Date(Date.now() + 60 * minute),
    };
  };
  return { state, provide };
}

describe('fresh credentials', () => {
  it('are there without waiting once they came', async () => {
    const { provide } = provider();
    const credentials = createFreshCredentials(provide);
    expect(() => credentials.current()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    await credentials.ready();
    expect(credentials.current().accessKeyId).toBe('AK1');
    credentials.close();
  });

  it('are renewed before they end, without anybody asking', async () => {
    const { provide } = provider();
    const credentials = createFreshCredentials(provide);
    await credentials.ready();
    await jest.advanceTimersByTimeAsync(55 * minute);
    expect(credentials.current().accessKeyId).toBe('AK1');
    await jest.advanceTimersByTimeAsync(minute);
    expect(credentials.current().accessKeyId).toBe('AK2');
    credentials.close();
  });

  it('that cannot be renewed serve until they end, never longer, and come back', async () => {
    const { provide, state } = provider();
    const credentials = createFreshCredentials(provide);
    await credentials.ready();
    state.broken = true;
    await jest.advanceTimersByTimeAsync(60 * minute - 1);
    expect(credentials.current().accessKeyId).toBe('AK1');
    await jest.advanceTimersByTimeAsync(1);
    expect(() => credentials.current()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    state.broken = false;
    await jest.advanceTimersByTimeAsync(15_000);
    expect(credentials.current().accessKeyId).not.toBe('AK1');
    credentials.close();
  });

  it('that the provider does not have are an error of whoever waits for them', async () => {
    const { provide, state } = provider();
    state.broken = true;
    const credentials = createFreshCredentials(provide);
    await expect(credentials.ready()).rejects.toThrow('no answer');
    state.broken = false;
    await expect(credentials.ready()).resolves.toBeUndefined();
    credentials.close();
  });

  it('that never end are asked for once', async () => {
    const provide = jest.fn(async () => ({ accessKeyId: 'AK', secretAccessKey: 'SK' }));
    const credentials = createFreshCredentials(provide);
    await credentials.ready();
    await jest.advanceTimersByTimeAsync(24 * 60 * minute);
    credentials.current();
    expect(provide).toHaveBeenCalledTimes(1);
    credentials.close();
  });

  it('asks no more when it is closed', async () => {
    const { provide, state } = provider();
    const credentials = createFreshCredentials(provide);
    await credentials.ready();
    credentials.close();
    await jest.advanceTimersByTimeAsync(120 * minute);
    expect(state.calls).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
