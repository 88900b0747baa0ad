/**
 * The listeners of one server, in a process of their own, whose memory holds nothing else:
 *
 *     node --expose-gc --import tsx tests/support/listen-idly.ts DATABASE_URL OWNER_ID COUNT
 *
 * Prints a line of JSON when all of them listen, `{ bytesPerListener }`, and another when each has heard of a change,
 * `{ heard }`, their number.
 */
import pino from 'pino';
import { createSequelize } from '../../server/db/sequelize.ts';
import { createImageEvents, type ImageEvent } from '../../server/images/image-events.ts';

const [databaseUrl = '', ownerId = '', count = ''] = process.argv.slice(2);
const atOnce = 250;
const sequelize = createSequelize({ url: databaseUrl });
const events = createImageEvents({ sequelize, databaseUrl, logger: pino({ level: 'silent' }) });
const endings: AbortController[] = [];

function heapInUse(): number {
  if (!globalThis.gc) throw new Error('start it with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Listeners who know where they stand, each with the change for which it waits. */
async function listen(): Promise<Promise<IteratorResult<ImageEvent>>[]> {
  const subscriptions = Array.from({ length: atOnce }, () => {
    const ending = new AbortController();
    endings.push(ending);
    return events.subscribe({ ownerId, lastEventId: null, signal: ending.signal });
  });
  await Promise.all(subscriptions.map((subscription) => subscription.next()));
  return subscriptions.map((subscription) => subscription.next());
}

events.start();
while (!events.status().isConnected) await new Promise((resolve) => setTimeout(resolve, 5));
const before = heapInUse();
const changes: Promise<IteratorResult<ImageEvent>>[] = [];
while (changes.length < Number(count)) changes.push(...(await listen()));
console.log(JSON.stringify({ bytesPerListener: (heapInUse() - before) / changes.length }));

const heard = (await Promise.all(changes)).filter(({ value }) => value?.type === 'image').length;
console.log(JSON.stringify({ heard }));
for (const ending of endings) ending.abort();
await events.stop();
await sequelize.close();
