import type { Model, ModelStatic, WhereOptions } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import type { Permission } from '../../server/kernel/permissions.ts';
import type { Say } from '../locale/say-in.ts';

export type FieldKind =
  | 'id'
  | 'text'
  | 'number'
  | 'boolean'
  | 'datetime'
  | 'choice'
  | 'reference'
  /** Numbers or texts in order. */
  | 'list'
  /** An object, or a list of objects. */
  | 'data';

/**
 * One field that leaves the panel. What is not declared does not exist here: it is not selected, so that no list, record,
 * search, form or export can show it, and it cannot be filtered or sorted by.
 */
export interface PanelField {
  kind: FieldKind;
  /** Not a column: `enrich` adds it. */
  computed?: boolean;
  /**
   * By the column; by what a related record has, whose rows are joined; or by SQL, which is worked out for every row
   * there is.
   */
  sort?: boolean | { related: string; by: string } | { sql: string };
  filter?: boolean;
  /** May be empty: filters by "empty" and "not empty" are offered, and an order has the empty ones last. */
  nullable?: boolean;
  /** False for what no export has: addresses that open something for whoever has them. */
  export?: false;
  /** What a `choice` can be. */
  choices?: readonly string[];
  /** The resource that a `reference` points to. */
  reference?: string;
}

/** A record as it leaves: declared fields by name. */
export type Row = Record<string, unknown>;

/** Who reads rows: whose rights decide which there are, and in whose language texts are made for them. */
export interface Reader {
  /** Null is nobody. */
  actor: Actor | null;
  say: Say;
}

/** Where the search box looks. */
export interface SearchTarget {
  /** The attribute that is compared, as text. */
  attribute: string;
  /**
   * For a related field: SQL that gives the attribute's values. `pattern` is an escaped literal for ILIKE:
   * `SELECT id FROM accounts WHERE username::text ILIKE ${pattern}`.
   */
  among?(pattern: string): string;
}

/**
 * A filter by what is no column of the row: what a related record has, or a state that several columns make. In SQL the
 * row is called as its model: `"Image"`.
 */
export interface DerivedFilter {
  /** Who may filter by it, where it tells of a record that who sees this one may not see. */
  permission?: Permission;
  /** SQL that gives a row's value, as text. */
  value: string;
  /** What it can be, with what a person reads. */
  choices?: Readonly<Record<string, string>>;
  /** The resource whose ids the values are. */
  reference?: string;
  /** A quicker SQL for "the value is one of these"; `list` is `'a', 'b'`, escaped. */
  isOneOf?(list: string): string;
  /**
   * The value hangs on this field of the row alone: all rows are counted by the field then. `values` is SQL that gives each
   * of its values as `id`, and the derived one as `value`.
   */
  through?: { by: string; values: string };
}

export interface PanelDefinition {
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: Sequelize's own type for any model
  model: ModelStatic<any>;
  fields: Readonly<Record<string, PanelField>>;
  /** The field that names a record. */
  titleField: string;
  sort: { sortBy: string; direction: 'asc' | 'desc' };
  search: readonly SearchTarget[];
  /** The filters at the side of the list, in this order: fields with `filter`, and derived ones. */
  filters: readonly string[];
  derived?: Readonly<Record<string, DerivedFilter>>;
  /** Rows that do not fulfil this do not exist here, for anybody or for who asks. */
  scope?: WhereOptions | ((actor: Actor | null) => WhereOptions);
  /** Adds the computed fields to a whole page of rows, in as few queries as it takes. */
  enrich?(rows: Row[], reader: Reader): Promise<void>;
}

export type AnyModel = Model<Record<string, unknown>>;
