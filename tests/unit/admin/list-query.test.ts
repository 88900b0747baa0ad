import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readListQuery } from '../../../admin/adapter/list-query.ts';
import type { PanelDefinition } from '../../../admin/adapter/panel-definition.ts';

const definition = {
  sort: { sortBy: 'createdAt', direction: 'desc' },
  fields: { createdAt: { kind: 'datetime', sort: true }, name: { kind: 'text', sort: true }, secret: { kind: 'text' } },
} as unknown as PanelDefinition;

describe('the query of a list', () => {
  it('has defaults', () => {
    expect(readListQuery({}, definition)).toEqual({
      page: 1,
      perPage: 25,
      sorts: [{ sortBy: 'createdAt', direction: 'desc' }],
      search: '',
      filters: {},
    });
  });

  it('sorts another column upwards first, and by none that may not be sorted', () => {
    expect(readListQuery({ sortBy: 'name' }, definition).sorts).toEqual([{ sortBy: 'name', direction: 'asc' }]);
    expect(readListQuery({ sortBy: 'secret' }, definition).sorts).toEqual([{ sortBy: 'createdAt', direction: 'desc' }]);
  });

  it('puts the parts of a filter together, in both ways to write them', () => {
    const { filters } = readListQuery(
      { 'filters.at.from': '1', 'filters.at~~to': '2', 'filters.name': 'x' },
      definition,
    );
    expect(filters).toEqual({ at: { from: '1', to: '2' }, name: 'x' });
  });

  it('is within bounds, whatever was given', () => {
    const value = fc.oneof(fc.string(), fc.integer().map(String), fc.array(fc.string()));
    const name = fc.oneof(fc.constantFrom('page', 'perPage', 'sortBy', 'direction', 'query'), fc.string());
    fc.assert(
      fc.property(fc.dictionary(name, value), (query) => {
        const read = readListQuery(query, definition);
        expect(read.page).toBeGreaterThanOrEqual(1);
        expect(read.page).toBeLessThanOrEqual(1_000_000);
        expect(read.perPage).toBeGreaterThanOrEqual(1);
        expect(read.perPage).toBeLessThanOrEqual(500);
        expect(read.sorts.length).toBeGreaterThan(0);
        for (const { sortBy, direction } of read.sorts) {
          expect(['createdAt', 'name']).toContain(sortBy);
          expect(['asc', 'desc']).toContain(direction);
        }
      }),
    );
  });
});
