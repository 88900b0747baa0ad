import type { Model, ModelStatic, WhereOptions } from 'sequelize';

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
  sort?: boolean;
  filter?: boolean;
  /** What a `choice` can be. */
  choices?: readonly string[];
  /** The resource that a `reference` points to. */
  reference?: string;
}

/** A record as it leaves: declared fields by name. */
export type Row = Record<string, unknown>;

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

export interface PanelDefinition {
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: Sequelize's own type for any model
  model: ModelStatic<any>;
  fields: Readonly<Record<string, PanelField>>;
  /** The field that names a record. */
  titleField: string;
  sort: { sortBy: string; direction: 'asc' | 'desc' };
  search: readonly SearchTarget[];
  /** Rows that do not fulfil this do not exist here. */
  scope?: WhereOptions;
  /** Adds the computed fields to a whole page of rows, in as few queries as it takes. */
  enrich?(rows: Row[]): Promise<void>;
}

export type AnyModel = Model<Record<string, unknown>>;
