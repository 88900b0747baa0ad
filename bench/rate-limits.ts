/** What counting costs a request, in microseconds of processor: `npx tsx bench/rate-limits.ts`. No database. */
import { createRateLimits } from '../server/http/rate-limits.ts';
import { createCounter } from '../server/http/shared-counter.ts';

async function microseconds(rounds: number, work: (round: number) => unknown): Promise<string> {
  for (let round = 0; round < rounds / 10; round += 1) await work(round);
  const from = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) await work(round);
  const { user, system } = process.cpuUsage(from);
  return ((user + system) / rounds).toFixed(2);
}

const counter = createCounter({ name: 'bench', windowSeconds: 60, sequelize: null });
const limitRate = createRateLimits({
  requestsPerMinute: 1_000_000,
  uploadsPerMinute: 1_000_000,
  linksPerMinute: 1_000_000,
  sequelize: null,
});
const headers = new Map<string, string>();
const req = { ip: '192.0.2.1' } as never;
const res = { headersSent: false, setHeader: (name: string, value: string) => headers.set(name, value) } as never;
const actor = { accountId: 'an-account', tier: { requestsPerMinute: null, uploadsPerHour: 1_000_000 } } as never;

console.table([
  { what: 'count, 1,000 keys', microseconds: await microseconds(500_000, (n) => counter(`k${n % 1000}`, 1_000_000)) },
  { what: 'request of an account', microseconds: await microseconds(200_000, () => limitRate(req, res, actor)) },
  { what: 'request of an address', microseconds: await microseconds(200_000, () => limitRate(req, res, undefined)) },
  {
    what: 'upload: three counts',
    microseconds: await microseconds(200_000, () => limitRate(req, res, actor, 'uploads')),
  },
]);
