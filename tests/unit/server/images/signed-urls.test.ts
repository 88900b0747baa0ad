import { describe, expect, it } from '@jest/globals';
import { createSignedUrls } from '../../../../server/images/signed-urls.ts';

function countingStore() {
  const signed: string[] = [];
  const state = { credentials: 'first' };
  return {
    signed,
    state,
    presignGet: (bucket: string, key: string, options: { signedAt: Date; contentDisposition?: string }) => {
      if (options.contentDisposition) signed.push(`${bucket}/${key}`);
      const url = `${bucket}/${key}?${state.credentials}&${options.signedAt.getTime()}&${options.contentDisposition}`;
      return { url, expiresAt: new Date(options.signedAt.getTime() + 5_400_000) };
    },
  };
}
const now = new Date('2026-11-22T18:10:00Z');
const nextWindow = new Date('2026-11-22T18:30:00Z');

describe('signed URLs', () => {
  it('are signed once per object, name and window', () => {
    const store = countingStore();
    const urls = createSignedUrls(store);
    const first = urls.at(now)('originals', 'key', 'cat.png', () => 'cat');
    expect(urls.at(new Date('2026-11-22T18:29:59Z'))('originals', 'key', 'cat.png', () => 'cat')).toEqual(first);
    expect(first.expiresAt).toBe('2026-11-22T19:30:00.000Z');
    expect(store.signed).toHaveLength(1);
    urls.at(now)('originals', 'key', 'dog.png', () => 'dog');
    urls.at(now)('thumbnails', 'key', 'cat.png', () => 'cat');
    expect(urls.at(nextWindow)('originals', 'key', 'cat.png', () => 'cat')).not.toEqual(first);
    expect(store.signed).toHaveLength(4);
  });

  it('have a tag that changes with the window', () => {
    const urls = createSignedUrls(countingStore());
    const tag = urls.windowTag(now);
    expect(urls.windowTag(new Date('2026-11-22T18:00:00Z'))).toBe(tag);
    expect(urls.windowTag(nextWindow)).not.toBe(tag);
  });

  it('follow new credentials of the store within a second', async () => {
    const store = countingStore();
    const urls = createSignedUrls(store);
    const before = { tag: urls.windowTag(now), url: urls.at(now)('originals', 'key', '', () => 'cat') };
    store.state.credentials = 'second';
    const realNow = performance.now.bind(performance);
    performance.now = () => realNow() + 1_001;
    try {
      expect(urls.windowTag(now)).not.toBe(before.tag);
      expect(urls.at(now)('originals', 'key', '', () => 'cat')).not.toEqual(before.url);
    } finally {
      performance.now = realNow;
    }
  });

  it('are not remembered when that is not wanted, and known ones are used all the same', () => {
    const store = countingStore();
    const urls = createSignedUrls(store);
    const once = () => urls.at(now, false)('originals', 'key', 'cat.png', () => 'cat');
    expect(once()).toEqual(once());
    expect(store.signed).toHaveLength(2);
    urls.at(now)('originals', 'key', 'cat.png', () => 'cat');
    once();
    expect(store.signed).toHaveLength(3);
  });

  it('keep a bounded number', () => {
    const store = countingStore();
    const sign = createSignedUrls(store).at(now);
    const signAll = () => {
      for (let i = 0; i < 20_000; i++) sign('originals', `key ${i}`, '', () => 'cat');
    };
    signAll();
    signAll();
    // Kept without a bound, the second round would sign nothing.
    expect(store.signed).toHaveLength(40_000);
  });
});
