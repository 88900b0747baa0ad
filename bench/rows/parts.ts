import { measureDecoder } from './decoder.ts';
import { measureFunctionMemory } from './function-memory.ts';
import { measureFunctionPackage } from './function-package.ts';
import { measureNotify } from './notify.ts';
import { measurePanel } from './panel.ts';
import { measurePanelBulk } from './panel-bulk.ts';
import { measurePresigner } from './presign.ts';
import { measureRateLimits } from './rate-limits.ts';
import type { Part } from './row.ts';
import { measureStore } from './store.ts';

/** Those that take minutes stand last. */
export const parts: Part[] = [
  { name: 'presign', title: 'presigning', measure: ({ repeats }) => measurePresigner(repeats) },
  { name: 'rate-limits', title: 'counting for rate limits', measure: measureRateLimits },
  { name: 'notify', title: 'telling other servers of a change', measure: measureNotify },
  { name: 'store', title: 'the folder as object store', measure: measureStore },
  { name: 'decoder', title: 'thumbnails of 12 megapixels', measure: measureDecoder },
  { name: 'function-memory', title: 'memory of the function', measure: measureFunctionMemory },
  { name: 'function-package', title: 'the package for AWS Lambda', measure: measureFunctionPackage },
  { name: 'panel', title: 'panel with 20,000 users, 200,000 images', measure: measurePanel },
  { name: 'panel-bulk', title: 'panel: all that a list of 10,000 matches', measure: measurePanelBulk },
];
