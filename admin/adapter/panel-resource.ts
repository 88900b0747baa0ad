import { Resource } from '@adminjs/sequelize';
import type { ActionContext, BaseProperty, BaseRecord, Filter, ParamsType } from 'adminjs';
import { type ModelStatic, Op, type WhereOptions } from 'sequelize';
import { sayOf } from '../locale/languages.ts';
import type { PanelUser } from '../session/panel-user.ts';
import { listCondition } from './list-condition.ts';
import { listOrder, type Sorted } from './list-order.ts';
import type { ListQuery } from './list-query.ts';
import type { AnyModel, PanelDefinition, Reader, Row } from './panel-definition.ts';
import { PanelProperty } from './panel-property.ts';
import { PanelRecord } from './panel-record.ts';
import { withRelatedIds } from './related-ids.ts';
import { isUuid } from './search-words.ts';

const mostSearchResults = 50;
const mostRecordsAtOnce = 1_000;
const farOffset = 1_000;

interface Page {
  limit?: number;
  offset?: number;
  sorts?: readonly Sorted[];
}

const nobody: Reader = { actor: null, say: sayOf('en') };

/** As AdminJS asks. */
interface AdminPage {
  limit?: number;
  offset?: number;
  sort?: { sortBy?: string; direction?: 'asc' | 'desc' };
}

/**
 * The Sequelize adapter of AdminJS, closed: it reads declared fields alone, whoever asks and however, and it writes
 * nothing. Writes are the server's use cases, called by the actions.
 */
export class PanelResource extends Resource {
  readonly definition: PanelDefinition;
  readonly #model: ModelStatic<AnyModel>;
  readonly #properties: PanelProperty[];
  readonly #attributes: string[];

  constructor(definition: PanelDefinition) {
    super(definition.model as never);
    this.definition = definition;
    this.#model = definition.model;
    const fields = Object.entries(definition.fields);
    this.#properties = fields.map(([name, field], index) => new PanelProperty(name, field, index + 1));
    this.#attributes = fields.filter(([, field]) => !field.computed).map(([name]) => name);
  }

  /** The definition has its model already: AdminJS is not to wrap this once more. */
  static override isAdapterFor(): boolean {
    return false;
  }

  override id(): string {
    return this.definition.id;
  }

  override properties(): BaseProperty[] {
    return this.#properties;
  }

  override property(path: string): BaseProperty | null {
    return this.#properties.find((property) => property.name() === path.split('.')[0]) ?? null;
  }

  /** One page of what a list asks for, and how many there are in all. */
  async page(query: ListQuery, reader: Reader): Promise<{ records: BaseRecord[]; total: number }> {
    const where = listCondition(this.definition, await withRelatedIds(this.definition, query), reader.actor);
    const [records, total] = await Promise.all([
      this.#read(where, { limit: query.perPage, offset: (query.page - 1) * query.perPage, sorts: query.sorts }, reader),
      this.#model.count({ where }),
    ]);
    return { records, total };
  }

  /** For a field that refers to this resource. */
  async search(text: string, reader: Reader): Promise<BaseRecord[]> {
    const sorts = [{ sortBy: this.definition.titleField, direction: 'asc' as const }];
    return this.#read(this.#where(reader, text), { limit: mostSearchResults, sorts }, reader);
  }

  override async count(filter: Filter, context?: ActionContext): Promise<number> {
    return this.#model.count({ where: this.#where(readerOf(context), '', filtersOf(filter)) });
  }

  override async find(
    filter: Filter,
    { limit, offset, sort = {} }: AdminPage,
    context?: ActionContext,
  ): Promise<BaseRecord[]> {
    const reader = readerOf(context);
    const { sortBy, direction = 'asc' } = sort;
    const sorts = sortBy ? [{ sortBy, direction }] : [];
    return this.#read(this.#where(reader, '', filtersOf(filter)), { limit, offset, sorts }, reader);
  }

  override async findOne(id: unknown, context?: ActionContext): Promise<BaseRecord | null> {
    return (await this.findMany([id], context))[0] ?? null;
  }

  /** For a record of another resource that refers to these, only what names them. */
  override async findMany(ids: readonly unknown[], context?: ActionContext): Promise<BaseRecord[]> {
    const known = ids.filter(isUuid).slice(0, mostRecordsAtOnce);
    if (known.length === 0) return [];
    const reader = readerOf(context);
    const where = { [Op.and]: [this.#where(reader), { id: known }] };
    const records = await this.#read(where, { limit: known.length }, reader);
    return context && context.resource !== this ? records.map((record) => this.#named(record)) : records;
  }

  override async findById(id: unknown): Promise<BaseRecord | null> {
    return this.findOne(id);
  }

  override create(): Promise<ParamsType> {
    return Promise.reject(new Error(`${this.id()}: records are made by a use case`));
  }

  override update(): Promise<ParamsType> {
    return Promise.reject(new Error(`${this.id()}: records are changed by a use case`));
  }

  override delete(): Promise<void> {
    return Promise.reject(new Error(`${this.id()}: records are deleted by a use case`));
  }

  #where({ actor }: Reader, search = '', filters: Record<string, unknown> = {}): WhereOptions {
    return listCondition(this.definition, { search, filters }, actor);
  }

  async #read(
    where: WhereOptions,
    { limit = mostSearchResults, offset = 0, sorts = [] }: Page,
    reader: Reader,
  ): Promise<BaseRecord[]> {
    const ordered = listOrder(this.definition, sorts);
    const attributes = this.#attributes;
    // Far from the start, what is passed over is read from an index alone: of those rows nobody wants more than the id.
    const found =
      offset > farOffset
        ? await this.#model.findAll({
            attributes,
            where: { id: await this.#ids(where, { limit, offset, sorts }) },
            ...ordered,
          })
        : await this.#model.findAll({ attributes, where, limit, offset, ...ordered });
    const rows = found.map((row) => row.get({ plain: true }) as Row);
    await this.definition.enrich?.(rows, reader);
    return rows.map((row) => new PanelRecord(this.#declared(row), this));
  }

  async #ids(where: WhereOptions, { limit, offset, sorts = [] }: Page): Promise<string[]> {
    const found = await this.#model.findAll({
      attributes: ['id'],
      where,
      limit,
      offset,
      ...listOrder(this.definition, sorts),
    });
    return found.map((row) => String(row.get('id')));
  }

  #named(record: BaseRecord): BaseRecord {
    const { titleField } = this.definition;
    return new PanelRecord({ id: record.id(), [titleField]: record.get(titleField) }, this);
  }

  /** What `enrich` needed for itself stays behind. */
  #declared(row: Row): Row {
    return Object.fromEntries(Object.keys(this.definition.fields).map((name) => [name, row[name] ?? null]));
  }
}

/** Without a context nobody asks, who sees what anybody may. */
function readerOf(context: ActionContext | undefined): Reader {
  return (context?.currentAdmin as unknown as PanelUser | undefined) ?? nobody;
}

function filtersOf(filter: Filter | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(filter?.filters ?? {}).map(([name, { value }]) => [name, value]));
}
