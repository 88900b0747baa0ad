import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import { objectStoreContract } from './object-store.contract.ts';

objectStoreContract('a folder', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
  const presign = { publicUrl: 'http://localhost:8000', accessKeyId: 'local', secretAccessKey: 'secret' };
  return {
    store: createDiskObjectStore({ directory, presign }),
    fetch: null,
    async leftovers() {
      const names = await readdir(directory, { recursive: true });
      return names.filter((name) => /@tmp\/[^/]+\/./.test(name));
    },
    end: () => rm(directory, { recursive: true, force: true }),
  };
});
