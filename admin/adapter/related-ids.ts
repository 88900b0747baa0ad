import { QueryTypes, type Sequelize } from 'sequelize';
import type { Asked } from './list-condition.ts';
import type { PanelDefinition } from './panel-definition.ts';
import { containsPattern, searchWords } from './search-words.ts';

/** What a search looked up in other resources: by its SQL, the ids it gave. */
export type RelatedIds = ReadonlyMap<string, readonly string[]>;

/** More than these are not named one by one. */
const mostIds = 500;

/**
 * Looks up what a search means in related records, so that the ids stand in the statement and its indexes count. A word
 * that too many have is left out: comparing them all is quicker then.
 */
export async function withRelatedIds<A extends Asked>(definition: PanelDefinition, asked: A): Promise<A> {
  const sequelize = definition.model.sequelize as Sequelize;
  const statements = searchWords(asked.search).flatMap((word) =>
    definition.search.flatMap(({ among }) => (among ? [among(sequelize.escape(containsPattern(word)))] : [])),
  );
  const found = await Promise.all(
    statements.map(async (sql): Promise<[string, string[]]> => {
      const rows = await sequelize.query<{ id: string }>(
        `SELECT id::text AS id FROM (${sql}) related (id) LIMIT ${mostIds + 1}`,
        { type: QueryTypes.SELECT },
      );
      return [sql, rows.map(({ id }) => id)];
    }),
  );
  return { ...asked, related: new Map(found.filter(([, ids]) => ids.length <= mostIds)) };
}
