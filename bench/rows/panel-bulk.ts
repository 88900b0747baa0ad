import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedOf } from '../../server/maintenance/seed/seed.ts';
import globalSetup from '../../tests/support/global-setup.ts';
import globalTeardown from '../../tests/support/global-teardown.ts';
import { openPanelWorld } from '../../tests/support/panel/panel-world.ts';
import { median } from '../measure.ts';
import { type Line, lineOf } from './row.ts';

const images = 10_000;
/** As admin/components has them. */
const atOnce = { read: 500, plan: 1_000, act: 25 };

function parts(ids: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size));
}

/**
 * What the panel does with all that a list matches: the requests of its page, one after the other; beside them somebody
 * else's first page of the list, over and over. PostgreSQL without fsync, the folder as store.
 */
export async function measurePanelBulk(): Promise<Line[]> {
  await globalSetup();
  const world = await openPanelWorld();
  try {
    await seedOf(world)({ users: 1_000, images, logEntries: 0 });
    await world.panel.ready();
    const [client, other] = [await world.loggedIn(), await world.loggedIn()];
    const lines: Line[] = [];

    const measure = async (what: string, steps: number, step: (index: number) => Promise<{ status: number }>) => {
      const [taken, beside]: [number[], number[]] = [[], []];
      let isOver = false;
      const loop = monitorEventLoopDelay({ resolution: 5 });
      loop.enable();
      const looking = (async () => {
        while (!isOver) {
          const started = performance.now();
          await other.list('images');
          beside.push(performance.now() - started);
          await sleep(250);
        }
      })();
      for (let index = 0; index < steps; index += 1) {
        const started = performance.now();
        const { status } = await step(index);
        if (status !== 200) throw new Error(`${what}: ${status}`);
        taken.push(performance.now() - started);
      }
      isOver = true;
      await looking;
      loop.disable();
      lines.push(lineOf(`${what}: a request of ${steps}`, median(taken), 'ms'));
      lines.push(lineOf(`${what}: a page beside it`, median(beside), 'ms'));
      // Of the event loop, which server and both clients share here.
      lines.push(lineOf(`${what}: longest stall`, loop.max / 1e6, 'ms'));
    };

    const ids: string[] = [];
    await measure('read what matches', Math.ceil(images / atOnce.read), async (index) => {
      const answer = await client.list('images', { page: String(index + 1), perPage: String(atOnce.read) });
      ids.push(...answer.records.map(({ id }) => id));
      return answer;
    });
    const acts = parts(ids, atOnce.act);
    await measure('make thumbnails again', acts.length, (index) =>
      client.bulk('images', acts[index] ?? [], 'bulkRetry'),
    );
    const plans = parts(ids, atOnce.plan);
    await measure('say what goes with them', plans.length, (index) =>
      client.post('/admin/api/resources/images/actions/deletion', { ids: plans[index] }),
    );
    await measure('delete', acts.length, (index) => client.bulk('images', acts[index] ?? [], 'bulkDelete'));
    return lines;
  } finally {
    await world.close();
    await globalTeardown();
  }
}
