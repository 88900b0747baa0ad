import { AggregatorRegistry } from 'prom-client';
import { withinMs } from '../../core/async/within-ms.ts';
import type { MetricsText } from '../monitoring/metrics.routes.ts';
import type { ProcessMetrics } from './messages.ts';

export interface MetricsSource {
  metrics(): Promise<ProcessMetrics>;
}

/** One that is busy for longer counts with what it had when it was last asked. */
const answerMilliseconds = 1_000;

/**
 * The figures of several processes as those of one server: added up, except where prom-client's own say otherwise. What a
 * process counted stays counted when it ends, or sums would go backwards.
 */
export function createMetricsSum() {
  const last = new Map<MetricsSource, ProcessMetrics>();
  let departed: ProcessMetrics = [];

  return {
    add: (source: MetricsSource): void => {
      last.set(source, []);
    },
    remove: (source: MetricsSource): void => {
      const counted = (last.get(source) ?? []).filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
      last.delete(source);
      departed = [...departed, ...counted];
    },
    async read(): Promise<MetricsText> {
      const asking = [...last.keys()].map(async (source) => {
        const metrics = await withinMs(answerMilliseconds, source.metrics()).catch(() => null);
        if (metrics && last.has(source)) last.set(source, metrics);
      });
      await Promise.all(asking);
      // Many that ended take no more room than one.
      departed = (await AggregatorRegistry.aggregate([departed]).getMetricsAsJSON()) as ProcessMetrics;
      const registry = AggregatorRegistry.aggregate([...last.values(), departed]);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
