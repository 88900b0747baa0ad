import { createRateLimits } from '../../server/http/rate-limits.ts';
import { createCounter } from '../../server/http/shared-counter.ts';
import { type Line, lineOf } from './row.ts';

async function microseconds(rounds: number, work: (round: number) => unknown): Promise<number> {
  for (let round = 0; round < rounds / 10; round += 1) await work(round);
  const from = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) await work(round);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / rounds;
}

/** What counting costs a request, in processor time. No database. */
export async function measureRateLimits(): Promise<Line[]> {
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
  const works: [string, number, (round: number) => unknown][] = [
    ['count, 1,000 keys', 500_000, (n) => counter(`k${n % 1000}`, 1_000_000)],
    ['request of an account', 200_000, () => limitRate(req, res, actor)],
    ['request of an address', 200_000, () => limitRate(req, res, undefined)],
    ['upload: three counts', 200_000, () => limitRate(req, res, actor, 'uploads')],
  ];
  const lines: Line[] = [];
  for (const [what, rounds, work] of works) lines.push(lineOf(what, await microseconds(rounds, work), 'µs'));
  return lines;
}
