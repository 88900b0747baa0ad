import type { ResourceOptions } from 'adminjs';
import type { Permission } from '../../server/kernel/permissions.ts';
import { facetsHandler } from '../actions/list-action.ts';
import { readAction } from '../actions/panel-action.ts';
import type { PanelDefinition, SearchTarget } from '../adapter/panel-definition.ts';
import { PanelResource } from '../adapter/panel-resource.ts';

/** AdminJS's own actions, none of which may stay as it is: what a resource does not define, it does not have. */
const closed = { isAccessible: () => false, isVisible: false };

export interface ResourceWords {
  /** `User`, for "New user". */
  one: string;
  many: string;
  properties: Record<string, string>;
  /** What a list says that has nothing. */
  empty: string;
  /** What an edit is called, where it changes one thing alone. */
  edit?: string;
}

/** AdminJS types the answers of actions so that no action fits among others; ours are made by panel-action.ts. */
type PanelOptions = Omit<ResourceOptions, 'actions'> & { actions: Record<string, object> };

/** A resource as AdminJS takes it, with nothing open that is not said here. */
export function defineResource(definition: PanelDefinition, words: ResourceWords, options: PanelOptions) {
  return {
    resource: new PanelResource(definition),
    options: {
      id: definition.id,
      titleProperty: definition.titleField,
      sort: definition.sort,
      navigation: { name: null, icon: 'Circle' as const },
      ...options,
      filterProperties: [],
      actions: {
        search: closed,
        show: closed,
        new: closed,
        edit: closed,
        delete: closed,
        bulkDelete: closed,
        ...options.actions,
        list: { ...options.actions.list, showFilter: false, custom: { searched: definition.search.map(nameOf) } },
        // Who may see the list may see its filters.
        // For the page to know who may; the file comes from export-router.ts.
        export: exportAction(definition.id),
        facets: { ...options.actions.list, actionType: 'resource', component: false, handler: facetsHandler },
      } as ResourceOptions['actions'],
      translations: { en: translationsOf(definition.id, words) },
    } satisfies ResourceOptions,
  };
}

/** The values of a choice with what a person reads. */
export function choicesIn(words: Record<string, string>): { value: string; label: string }[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

function translationsOf(id: string, { one, many, properties, empty, edit = 'Edit' }: ResourceWords) {
  const thing = one.toLowerCase();
  return {
    labels: { [id]: many },
    properties,
    actions: {
      new: `New ${thing}`,
      edit,
      show: 'View',
      delete: 'Delete',
      bulkDelete: 'Delete',
      list: many,
    },
    messages: { noRecordsInResource: empty, noRecords: `No ${many.toLowerCase()} yet` },
    buttons: { createFirstRecord: `New ${thing}` },
  };
}

function exportAction(id: string) {
  return {
    ...readAction(`${id}.export` as Permission, { component: false }),
    actionType: 'resource' as const,
    handler: async () => ({}),
  };
}

function nameOf({ attribute }: SearchTarget): string {
  return attribute;
}
