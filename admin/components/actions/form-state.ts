import type { BasePropertyJSON, RecordJSON, ResourceJSON } from 'adminjs';
import { readParam } from '../base/read-param.ts';

export type Values = Record<string, unknown>;

export interface FieldGroup {
  title: string;
  fields: string[];
}

/** The fields of a form; some are there for one action alone (a password in the form of a new user). */
export function propertiesOf(resource: ResourceJSON, actionName: string): BasePropertyJSON[] {
  return resource.editProperties.filter(({ custom }) => custom.only === undefined || custom.only === actionName);
}

/** Whether a field is there while the others have these values: `custom.when` names what they have to be. */
export function isWanted({ custom }: BasePropertyJSON, values: Values): boolean {
  const when = (custom.when ?? {}) as Values;
  return Object.entries(when).every(([name, value]) => values[name] === value);
}

/** What a form for a new record starts with when it is a copy: what is the record's own alone stays behind. */
export function copiedValues(properties: BasePropertyJSON[], copied: Values): Values {
  const taken = properties.filter(({ propertyPath, custom }) => propertyPath in copied && custom.isOwn !== true);
  return {
    ...initialValues(properties, undefined),
    ...Object.fromEntries(taken.map(({ propertyPath }) => [propertyPath, copied[propertyPath]])),
  };
}

/** What the address of a form for a new record has chosen in it already, `?tierId=…`, of the fields that take that. */
export function givenValues(properties: BasePropertyJSON[], search: string): Values {
  const params = new URLSearchParams(search);
  const given = properties.filter(
    ({ propertyPath, custom }) => custom.fromAddress === true && params.has(propertyPath),
  );
  return Object.fromEntries(
    given.map((property) => {
      const ids = params.getAll(property.propertyPath);
      return [property.propertyPath, Array.isArray(initialValue(property, undefined)) ? ids : ids[0]];
    }),
  );
}

/** What the fields start with: the record's values, or the usual ones of a new record. */
export function initialValues(properties: BasePropertyJSON[], record: RecordJSON | undefined): Values {
  return Object.fromEntries(properties.map((property) => [property.propertyPath, initialValue(property, record)]));
}

function initialValue({ propertyPath, custom, type }: BasePropertyJSON, record: RecordJSON | undefined): unknown {
  if (record) return readParam(record, propertyPath) ?? null;
  if (custom.usual !== undefined && type !== 'reference') return custom.usual;
  if (type === 'boolean') return false;
  return /heights|Ids$|^permissions$/i.test(propertyPath) ? [] : '';
}

/** What differs from the record. */
export function changedValues(properties: BasePropertyJSON[], values: Values, record: RecordJSON | undefined): Values {
  const before = initialValues(properties, record);
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isSame(value, before[name])));
}

function isSame(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value);
  return JSON.stringify(sorted(a) ?? null) === JSON.stringify(sorted(b) ?? null);
}
