import { BaseProperty, type PropertyType } from 'adminjs';
import type { FieldKind, PanelField } from './panel-definition.ts';

const types: Record<FieldKind, PropertyType> = {
  // Not `uuid`: AdminJS would answer a malformed id with 403; the adapter finds nothing instead.
  id: 'string',
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  datetime: 'datetime',
  choice: 'string',
  reference: 'reference',
  list: 'string',
  data: 'string',
};

/** A declared field, as AdminJS asks about it. */
export class PanelProperty extends BaseProperty {
  readonly field: PanelField;

  constructor(name: string, field: PanelField, position: number) {
    super({
      path: name,
      type: types[field.kind],
      isId: field.kind === 'id',
      isSortable: Boolean(field.sort),
      position,
    });
    this.field = field;
  }

  override isEditable(): boolean {
    return false;
  }

  override isTitle(): boolean {
    return false;
  }

  override reference(): string | null {
    return this.field.reference ?? null;
  }

  override availableValues(): string[] | null {
    return this.field.choices ? [...this.field.choices] : null;
  }
}
