import { type Action, type ListActionResponse, populator, type SearchActionResponse } from 'adminjs';
import { readListQuery } from '../adapter/list-query.ts';
import type { PanelResource } from '../adapter/panel-resource.ts';

/** A page of a list: search, filters, order; a bad value in the address is its default or finds nothing. */
export const listHandler: Action<ListActionResponse>['handler'] = async (request, _response, context) => {
  const resource = context.resource as PanelResource;
  const query = readListQuery(request.query ?? {}, resource.definition);
  const { records, total } = await resource.page(query);
  const named = await populator(records, context);
  const { page, perPage, sortBy, direction } = query;
  return {
    meta: { total, page, perPage, sortBy, direction },
    records: named.map((record) => record.toJSON(context.currentAdmin)),
  };
};

/** What a field that refers to this resource offers while one types. */
export const searchHandler: Action<SearchActionResponse>['handler'] = async (request, _response, context) => {
  const typed = request.params.query ?? '';
  const records = await (context.resource as PanelResource).search(typed);
  return { records: records.map((record) => record.toJSON(context.currentAdmin)) };
};
