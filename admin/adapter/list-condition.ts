import { Op, type Sequelize, type WhereOptions } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import { can } from '../../server/kernel/permissions.ts';
import { derivedCondition, filterCondition, nothing } from './filter-condition.ts';
import type { DerivedFilter, PanelDefinition } from './panel-definition.ts';
import type { RelatedIds } from './related-ids.ts';
import { searchCondition } from './search-words.ts';

export interface Asked {
  search: string;
  /** By field; any shape. */
  filters: Record<string, unknown>;
  /** What the search found in other resources; without it the database looks there for every row. */
  related?: RelatedIds;
}

/**
 * The rows that a list asks for, among those that exist for who asks: every list, count, facet, record and export is
 * read by this condition.
 */
export function listCondition(
  definition: PanelDefinition,
  { search, filters, related }: Asked,
  actor: Actor | null,
): WhereOptions {
  const { scope } = definition;
  const asked = Object.entries(filters).flatMap(([name, value]) => {
    const condition = conditionOf(definition, actor, name, value);
    return condition ? [condition] : [];
  });
  const searched = search.trim() === '' ? [] : [searchCondition(definition, search, related)];
  const existing = typeof scope === 'function' ? scope(actor) : (scope ?? {});
  return { [Op.and]: [existing, ...asked, ...searched] } as WhereOptions;
}

/** Whether somebody may filter by what other records say. */
export function mayFilterBy(actor: Actor | null, derived: DerivedFilter | undefined): boolean {
  return derived?.permission === undefined || can(actor, derived.permission);
}

function conditionOf({ model, fields, derived }: PanelDefinition, actor: Actor | null, name: string, value: unknown) {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field && !field.computed) return field.filter ? filterCondition(model, name, field, value) : null;
  const other = derived && Object.hasOwn(derived, name) ? derived[name] : undefined;
  if (!other) return null;
  return mayFilterBy(actor, other) ? derivedCondition(model.sequelize as Sequelize, other, value) : nothing;
}
