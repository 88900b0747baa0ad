import { BaseRecord, type CurrentAdmin, type RecordJSON } from 'adminjs';
import { can, type Permission } from '../../server/kernel/permissions.ts';
import type { PanelUser } from '../session/panel-user.ts';
import type { PanelDefinition } from './panel-definition.ts';

/**
 * A record of the panel. Every answer that has records, AdminJS's own included, is made by `toJSON`: without the right
 * to view the resource it has the id and the title alone. Who asks must be named; nobody may view anything.
 */
export class PanelRecord extends BaseRecord {
  override toJSON(currentAdmin?: CurrentAdmin): RecordJSON {
    const json = super.toJSON(currentAdmin);
    const { id, titleField } = (this.resource as unknown as { definition: PanelDefinition }).definition;
    const { actor } = (currentAdmin ?? {}) as Partial<PanelUser>;
    if (can(actor, `${id}.view` as Permission)) return json;
    const params = Object.fromEntries(['id', titleField].map((name) => [name, this.get(name) ?? null]));
    return { ...json, params, populated: {} };
  }
}
