import { stopTestCluster } from './test-cluster.ts';
import './global-setup.ts';

export default async function globalTeardown(): Promise<void> {
  if (globalThis.darkroomTestCluster) await stopTestCluster(globalThis.darkroomTestCluster);
}
