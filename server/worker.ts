import { liveAsWorker } from './workers/worker-life.ts';

liveAsWorker();
