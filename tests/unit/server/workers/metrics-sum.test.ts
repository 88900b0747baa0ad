import { describe, expect, it } from '@jest/globals';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProcessMetrics } from '../../../../server/workers/messages.ts';
import { createMetricsSum, type MetricsSource } from '../../../../server/workers/metrics-sum.ts';

function createProcess() {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({ name: 'requests_total', help: 'Requests.', labelNames: ['route'], registers });
  const seconds = new Histogram({ name: 'seconds', help: 'Seconds.', buckets: [1], registers });
  const connections = new Gauge({ name: 'connections', help: 'Connections.', registers });
  const source: MetricsSource = { metrics: async () => (await registry.getMetricsAsJSON()) as ProcessMetrics };
  return { requests, seconds, connections, source };
}

describe('the sum of the figures of several processes', () => {
  it('adds up counters, histograms and gauges, by their labels', async () => {
    const [one, two, sum] = [createProcess(), createProcess(), createMetricsSum()];
    for (const { source } of [one, two]) sum.add(source);
    one.requests.inc({ route: '/me' }, 2);
    two.requests.inc({ route: '/me' }, 3);
    two.requests.inc({ route: '/e' });
    one.seconds.observe(0.5);
    two.seconds.observe(2);
    one.connections.set(4);
    two.connections.set(5);
    const { text, contentType } = await sum.read();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      'requests_total{route="/me"} 5',
      'requests_total{route="/e"} 1',
      'seconds_bucket{le="1"} 1',
      'seconds_count 2',
      'connections 9',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('keeps what a process had counted when it was last asked, and forgets its gauges, when it ends', async () => {
    const [stays, sum] = [createProcess(), createMetricsSum()];
    sum.add(stays.source);
    for (let at = 0; at < 3; at += 1) {
      const ends = createProcess();
      sum.add(ends.source);
      ends.requests.inc({ route: '/me' }, 10);
      ends.connections.set(7);
      await sum.read();
      sum.remove(ends.source);
    }
    const { text } = await sum.read();
    expect(text.split('\n')).toContain('requests_total{route="/me"} 30');
    expect(text.split('\n')).toContain('connections 0');
  });

  it('counts a process that does not answer with what it had', async () => {
    const [one, sum] = [createProcess(), createMetricsSum()];
    one.requests.inc({ route: '/me' });
    const answers = [one.source.metrics(), Promise.reject(new Error('busy'))];
    answers[1]?.catch(() => {});
    sum.add({ metrics: () => answers.shift() ?? one.source.metrics() });
    await sum.read();
    expect((await sum.read()).text).toContain('requests_total{route="/me"} 1');
  });
});
