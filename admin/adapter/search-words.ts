import type { ModelStatic } from 'sequelize';
import { cast, col, literal, Op, type Sequelize, type WhereOptions, where as whereOf } from 'sequelize';
import type { AnyModel, SearchTarget } from './panel-definition.ts';

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
  sequelize: Sequelize,
  model: ModelStatic<AnyModel>,
  targets: readonly SearchTarget[],
  text: string,
): WhereOptions {
  const words = searchWords(text);
  return {
    [Op.and]: words.map((word) => ({
      [Op.or]: [
        ...(isUuid(word) ? [{ id: word }] : []),
        ...targets.map((target) => targetCondition(sequelize, model, target, word)),
      ],
    })),
  };
}

/** A related field's values are looked up first, as an array: so both sides of the OR can use their index. */
function targetCondition(sequelize: Sequelize, model: ModelStatic<AnyModel>, target: SearchTarget, word: string) {
  const pattern = containsPattern(word);
  if (!target.among) return containsCondition(model, target.attribute, pattern);
  return literal(
    `"${model.name}"."${columnOf(model, target.attribute)}" = ANY (ARRAY(${target.among(sequelize.escape(pattern))}))`,
  );
}

/** Case-insensitive, as text whatever the column is: that is what the search indexes are on. */
export function containsCondition(model: ModelStatic<AnyModel>, attribute: string, pattern: string) {
  return whereOf(cast(col(`${model.name}.${columnOf(model, attribute)}`), 'text'), Op.iLike, pattern);
}

function columnOf(model: ModelStatic<AnyModel>, attribute: string): string {
  return model.getAttributes()[attribute]?.field ?? attribute;
}
