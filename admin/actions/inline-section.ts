import type { BaseRecord } from 'adminjs';
import type { Permission } from '../../server/kernel/permissions.ts';
import type { PanelUser } from '../session/panel-user.ts';
import { sectionAction } from './section-action.ts';

/**
 * Records of another resource that belong to one. The page reads, changes and deletes them by their own list and their
 * own actions, so that rights, limits and the check against lost updates are those of everywhere else.
 */
export interface Inline {
  resource: 'users' | 'images';
  /** The filter of their list that takes the id of the record. */
  filter: string;
  /** The columns of their list that are shown. */
  fields: readonly string[];
  /** The field in the form for a new one that the record is chosen in already. */
  chosenIn?: string;
  /** A list of ids in them that holds the record: who is taken out of it, is not deleted. */
  memberOf?: string;
}

interface Look {
  /** The React component, by its name in the bundle. */
  component?: string;
  /** What it needs beside the records. */
  read?(record: BaseRecord, user: PanelUser): Promise<object>;
}

/** The section of a record's page with what belongs to it, for who may see that. */
export function inlineSection(inline: Inline, { component = 'InlineRecords', read = async () => ({}) }: Look = {}) {
  return sectionAction(
    { permission: `${inline.resource}.view` satisfies Permission, component, custom: { inline } },
    read,
  );
}
