import { expect, it } from '@jest/globals';
import { addColumns } from '../../../admin/resources/add-columns.ts';

it('takes a row out that was deleted before its columns were read', async () => {
  const rows = [{ id: 'a' }, { id: 'gone' }, { id: 'b' }];
  await addColumns(rows, async () => [
    { id: 'b', count: 2 },
    { id: 'a', count: 1 },
  ]);
  expect(rows).toEqual([
    { id: 'a', count: 1 },
    { id: 'b', count: 2 },
  ]);
});
