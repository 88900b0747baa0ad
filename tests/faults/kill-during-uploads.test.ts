import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import { adminPassword, logIn } from '../support/log-in.ts';
import { type RunningDarkroom, startDarkroom, stopDarkroom } from '../support/run-darkroom.ts';

const uploads = 200;
const senders = 8;
const settings = { LOG_LEVEL: 'warn', ADMIN_PASSWORD: adminPassword };

describe('the service killed with -9 in the middle of uploads, and started again', () => {
  let dataDirectory: string;
  let service: RunningDarkroom | undefined;
  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'darkroom-kill-'));
  });
  afterAll(async () => {
    if (service) await stopDarkroom(service);
    await rm(dataDirectory, { recursive: true, force: true });
  });

  it('has every acknowledged image with its bytes, makes its thumbnails, and lists nothing else', async () => {
    service = await startDarkroom(dataDirectory, settings);
    const token = await logIn(service.url);
    const sent = await sendUntilKilled(service, token);
    expect(sent.acknowledged.size).toBeGreaterThan(5);
    expect(sent.acknowledged.size).toBeLessThan(uploads);

    service = await startDarkroom(dataDirectory, { ...settings, PORT: String(service.port) });
    const images = await settledImages(service.url);
    for (const [id, sha256] of sent.acknowledged) {
      const image = images.find((candidate) => candidate.id === id);
      expect(image).toMatchObject({ sha256, status: 'ready', pendingHeights: [] });
      for (const { url } of image!.thumbnails) expect((await fetch(local(url, service.url))).status).toBe(200);
    }
    // The answer to an upload may be lost after the image was kept; nothing that was never sent is there.
    for (const image of images) expect(sent.hashes).toContain(image.sha256);
    expect(images.length - sent.acknowledged.size).toBeLessThanOrEqual(senders);
  }, 120_000);
});

async function sendUntilKilled(service: RunningDarkroom, token: string) {
  const acknowledged = new Map<string, string>();
  const hashes = new Set<string>();
  const pictures = await Promise.all(Array.from({ length: uploads }, (_, index) => picture(index)));
  const queue = pictures.entries();
  const send = async () => {
    for (const [index, bytes] of queue) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      hashes.add(sha256);
      const answer = await fetch(`${service.url}/image/upload?filename=${index}.jpg`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'image/jpeg' },
        body: new Uint8Array(bytes),
      });
      if (answer.status !== 201) throw new Error(await answer.text());
      acknowledged.set((await answer.json()).id, sha256);
      if (acknowledged.size === uploads / 4) service.child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: senders }, send));
  service.child.kill('SIGKILL');
  await service.ended;
  return { acknowledged, hashes };
}

async function settledImages(url: string): Promise<Image[]> {
  const headers = { Authorization: `Bearer ${await logIn(url)}` };
  for (let tries = 0; tries < 300; tries += 1) {
    const images: Image[] = await (await fetch(`${url}/image/all`, { headers })).json();
    if (images.every((image) => image.status !== 'processing')) return images;
    await sleep(200);
  }
  throw new Error('the images were not settled in a minute');
}

/** Links begin with PUBLIC_URL, which names localhost. */
function local(link: string, url: string): string {
  return link.replace(/^http:\/\/[^/]+/, url);
}

function picture(index: number): Promise<Buffer> {
  const background = { r: index, g: 255 - index, b: 128 };
  return sharp({ create: { width: 400 + index, height: 300, channels: 3, background } })
    .jpeg()
    .toBuffer();
}
