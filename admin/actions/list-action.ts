import {
  type Action,
  type ActionContext,
  type ActionResponse,
  type ListActionResponse,
  populator,
  type SearchActionResponse,
} from 'adminjs';
import type { Permission } from '../../server/kernel/permissions.ts';
import { type Facet, facetsOf } from '../adapter/facets.ts';
import { readListQuery } from '../adapter/list-query.ts';
import type { PanelResource } from '../adapter/panel-resource.ts';
import { isUuid } from '../adapter/search-words.ts';
import { permitted, titleOf, userOf } from './panel-action.ts';

/** A page of a list: search, filters, order; a bad value in the address is its default or finds nothing. */
export const listHandler: Action<ListActionResponse>['handler'] = async (request, _response, context) => {
  const resource = context.resource as PanelResource;
  const query = readListQuery(request.query ?? {}, resource.definition);
  const { records, total } = await resource.page(query, userOf(context));
  const named = await populator(records, context);
  const { page, perPage, sorts } = query;
  const sortBy = sorts.map((sort) => sort.sortBy).join(',');
  const direction = sorts.map((sort) => sort.direction).join(',') as 'asc' | 'desc';
  return {
    meta: { total, page, perPage, sortBy, direction },
    records: named.map((record) => record.toJSON(context.currentAdmin)),
  };
};

/** What a field that refers to this resource offers while one types. */
export const searchHandler: Action<SearchActionResponse>['handler'] = async (request, _response, context) => {
  const typed = request.params.query ?? '';
  const records = await (context.resource as PanelResource).search(typed, userOf(context));
  return { records: records.map((record) => record.toJSON(context.currentAdmin)) };
};

/** `named` stands above the list alone, by the name of what was chosen. */
type Shown = Omit<Facet, 'kind'> & { kind: Facet['kind'] | 'named' };

/** The filters at the side of a list, with a name for each choice. */
export const facetsHandler: Action<ActionResponse>['handler'] = async (request, _response, context) => {
  const resource = context.resource as PanelResource;
  const query = readListQuery(request.query ?? {}, resource.definition);
  const counted = await facetsOf(resource.definition, query, userOf(context).actor);
  const facets = [...counted, ...namedAlone(resource, query.filters)];
  return { facets: await Promise.all(facets.map((facet) => named(facet, context))) };
};

/** What an address narrows a list to, and nobody chooses beside it: the images of a link, the users of a group. */
function namedAlone({ definition }: PanelResource, filters: Record<string, unknown>): Shown[] {
  const { fields, derived = {} } = definition;
  return Object.entries(filters).flatMap(([name, value]) => {
    const declared = Object.hasOwn(fields, name) && !fields[name]?.computed ? fields : derived;
    const reference = Object.hasOwn(declared, name) ? declared[name]?.reference : undefined;
    if (!reference || definition.filters.includes(name) || !isUuid(value)) return [];
    return [{ name, kind: 'named', choices: [{ value, count: 0 }], isCut: false, reference }];
  });
}

async function named(facet: Shown, context: ActionContext) {
  const { definition } = context.resource as PanelResource;
  const property = context.resource.decorate().getPropertyByKey(facet.name);
  const words = definition.derived?.[facet.name]?.choices ?? property?.options.custom?.words;
  const titles = await titlesOf(facet, context);
  const labelOf = (value: string) => {
    const word = words?.[value];
    return typeof word === 'string' ? userOf(context).say(word) : (titles.get(value) ?? value);
  };
  return { ...facet, choices: facet.choices.map((choice) => ({ ...choice, label: labelOf(choice.value) })) };
}

/** An address can have any id: of what no row of the list refers to, only who may view such records gets the title. */
async function titlesOf({ reference, choices }: Shown, context: ActionContext): Promise<Map<string, string>> {
  if (!reference) return new Map();
  const mayView = permitted(`${reference}.view` as Permission)(context);
  const ids = choices.filter(({ count }) => mayView || count > 0).map(({ value }) => value);
  if (ids.length === 0) return new Map();
  const records = await (context._admin.findResource(reference) as PanelResource).findMany(ids, context);
  return new Map(records.map((record) => [record.id(), titleOf(record)]));
}
