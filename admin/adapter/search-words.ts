import type { ModelStatic } from 'sequelize';
import { cast, col, literal, Op, type Sequelize, type WhereOptions, where as whereOf } from 'sequelize';
import type { AnyModel, PanelDefinition, SearchTarget } from './panel-definition.ts';
import type { RelatedIds } from './related-ids.ts';

const longestSearch = 200;
const mostWords = 8;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

/** `red "old car" van` is three words: red, old car, van. At most eight count. */
export function searchWords(text: string): string[] {
  const matches = text
    .slice(0, longestSearch)
    .replaceAll('\0', '')
    .matchAll(/"([^"]*)"?|[^\s"]+/g);
  return [...matches]
    .map(([whole, quoted]) => (quoted ?? whole).trim())
    .filter((word) => word !== '')
    .slice(0, mostWords);
}

/** The pattern of "contains", for LIKE and ILIKE: what they read as a wildcard stands for itself. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll('\0', '').replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

/** Every word is somewhere in one of the targets; an id finds its record. */
export function searchCondition(
  { model, search }: Pick<PanelDefinition, 'model' | 'search'>,
  text: string,
  related: RelatedIds = new Map(),
): WhereOptions {
  const words = searchWords(text);
  return {
    [Op.and]: words.map((word) => ({
      [Op.or]: [
        ...(isUuid(word) ? [{ id: word }] : []),
        ...search.map((target) => targetCondition(model, target, word, related)),
      ],
    })),
  };
}

function targetCondition(model: ModelStatic<AnyModel>, target: SearchTarget, word: string, related: RelatedIds) {
  const pattern = containsPattern(word);
  if (!target.among) return containsCondition(model, target.attribute, pattern);
  const sql = target.among((model.sequelize as Sequelize).escape(pattern));
  const ids = related.get(sql);
  if (ids) return { [target.attribute]: { [Op.in]: [...ids] } };
  return literal(`"${model.name}"."${columnOf(model, target.attribute)}" IN (${sql})`);
}

/** Case-insensitive, as text whatever the column is: that is what the search indexes are on. */
export function containsCondition(model: ModelStatic<AnyModel>, attribute: string, pattern: string) {
  return whereOf(cast(col(`${model.name}.${columnOf(model, attribute)}`), 'text'), Op.iLike, pattern);
}

function columnOf(model: ModelStatic<AnyModel>, attribute: string): string {
  return model.getAttributes()[attribute]?.field ?? attribute;
}
