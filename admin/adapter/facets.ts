import { Op, type WhereOptions } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import { countGroups, type GroupCount, type Grouping } from './count-groups.ts';
import { type Asked, listCondition, mayFilterBy } from './list-condition.ts';
import type { PanelDefinition } from './panel-definition.ts';
import { readPeriod } from './period.ts';
import { withRelatedIds } from './related-ids.ts';

const mostChoices = 15;
const mostDays = 31;
const units = { YYYY: 'year', 'YYYY-MM': 'month', 'YYYY-MM-DD': 'day' } as const;

/** `count` is how many rows of the list have it, as far as the other filters let them through. */
export type FacetChoice = GroupCount;

/** One filter at the side of a list. */
export interface Facet {
  name: string;
  kind: 'choices' | 'dates';
  choices: FacetChoice[];
  /** There are more than are named. */
  isCut: boolean;
  /** How many have nothing there, and how many something; absent where that cannot be. */
  empty?: { yes: number; no: number };
  /** The resource whose ids the values are. */
  reference?: string;
}

/** The filters of a list with the values that occur, most first, beside what is chosen. */
export async function facetsOf(definition: PanelDefinition, asked: Asked, actor: Actor | null): Promise<Facet[]> {
  const known = { ...(await withRelatedIds(definition, asked)), actor };
  const offered = definition.filters.filter((name) => mayFilterBy(actor, definition.derived?.[name]));
  const plans = offered.map((name) => planOf(definition, known, name));
  const groupings = plans.flatMap(({ grouping }) => grouping ?? []);
  const [counts, empties] = await Promise.all([
    countGroups(definition, groupings),
    Promise.all(plans.map(({ name, others }) => countEmpty(definition, name, { asked: known, others }))),
  ]);
  return plans.map(({ name, grouping }, index) => {
    const found = grouping ? (counts[groupings.indexOf(grouping)] ?? []) : [];
    return facetOf(definition, { name, chosen: known.filters[name], found, empty: empties[index] });
  });
}

type AskedBy = Asked & { actor: Actor | null };

interface Plan {
  name: string;
  others: Record<string, unknown>;
  /** None for what has no choices. */
  grouping: Grouping | null;
}

function planOf(definition: PanelDefinition, asked: AskedBy, name: string): Plan {
  const { [name]: chosen, ...others } = asked.filters;
  const isNarrowed = asked.search.trim() !== '' || Object.keys(others).length > 0;
  const isDate = definition.fields[name]?.kind === 'datetime';
  const by = isDate ? partsOf(definition, name, chosen) : valuesOf(definition, name);
  if (!by) return { name, others, grouping: null };
  const { inside, ...grouping } = by;
  const where = listCondition(definition, { ...asked, filters: others }, asked.actor);
  if (inside) {
    const narrower = { [Op.and]: [where, inside] } as WhereOptions;
    return { name, others, grouping: { ...grouping, where: narrower, together: name } };
  }
  // Left alone is what is counted by an index of its own, and what may have thousands of values: owners.
  const isShared = isNarrowed && (isDate || hasFewValues(definition, name));
  const together = JSON.stringify(isShared ? [others] : [others, grouping.value]);
  return { name, others, grouping: { ...grouping, where, together } };
}

function hasFewValues({ fields, derived }: PanelDefinition, name: string): boolean {
  const field = fields[name];
  const other = derived?.[name];
  return other ? !other.through : field?.kind === 'boolean' || field?.kind === 'choice';
}

interface CountedBy extends Pick<Grouping, 'value' | 'parts' | 'through'> {
  /** The rows are narrowed to this. */
  inside?: WhereOptions;
}

/** A free text has too many to choose from. */
function valuesOf(definition: PanelDefinition, name: string): CountedBy | null {
  const derived = definition.derived?.[name];
  if (derived?.through) return { value: columnOf(definition, derived.through.by), through: derived.through.values };
  if (derived) return derived.value ? { value: derived.value } : null;
  return definition.fields[name]?.kind === 'text' ? null : { value: columnOf(definition, name) };
}

/** Years; months of the chosen year; days of the chosen month. */
function partsOf(definition: PanelDefinition, name: string, chosen: unknown): CountedBy | null {
  const within = typeof chosen === 'object' && chosen !== null ? (chosen as { in?: unknown }).in : undefined;
  const period = readPeriod(within);
  const parts = period ? period.parts : 'YYYY';
  if (!parts) return null;
  return {
    value: `date_trunc('${units[parts]}', ${columnOf(definition, name)} AT TIME ZONE 'UTC')`,
    parts,
    ...(period && { inside: { [name]: { [Op.gte]: period.start, [Op.lt]: period.end } } }),
  };
}

interface Known {
  name: string;
  chosen: unknown;
  found: FacetChoice[];
  empty: Facet['empty'];
}

function facetOf(definition: PanelDefinition, { name, chosen, found, empty }: Known): Facet {
  const field = definition.fields[name];
  const isDate = field?.kind === 'datetime';
  const most = isDate ? mostDays : mostChoices;
  const reference = field?.reference ?? definition.derived?.[name]?.reference;
  return {
    name,
    kind: isDate ? 'dates' : 'choices',
    choices: withChosen(isDate ? found.slice(-most) : found.slice(0, most), isDate ? [] : textsIn(chosen), found),
    isCut: found.length > most,
    ...(empty ? { empty } : {}),
    ...(reference ? { reference } : {}),
  };
}

async function countEmpty(
  definition: PanelDefinition,
  name: string,
  { asked, others }: { asked: AskedBy; others: Record<string, unknown> },
): Promise<Facet['empty']> {
  if (!definition.fields[name]?.nullable) return undefined;
  const count = (empty: 'true' | 'false') =>
    definition.model.count({
      where: listCondition(definition, { ...asked, filters: { ...others, [name]: { empty } } }, asked.actor),
    });
  const [yes, no] = await Promise.all([count('true'), count('false')]);
  return { yes, no };
}

function withChosen(shown: FacetChoice[], chosen: string[], found: FacetChoice[]): FacetChoice[] {
  const missing = chosen.filter((value) => !shown.some((choice) => choice.value === value));
  return [...shown, ...missing.map((value) => found.find((one) => one.value === value) ?? { value, count: 0 })];
}

function textsIn(value: unknown): string[] {
  const given = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return given.filter((one): one is string => typeof one === 'string' && one !== '').slice(0, mostChoices);
}

function columnOf({ model }: PanelDefinition, name: string): string {
  return `"${model.name}"."${model.getAttributes()[name]?.field ?? name}"`;
}
