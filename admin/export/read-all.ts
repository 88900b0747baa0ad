import { Op } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import { type Asked, listCondition } from '../adapter/list-condition.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import { withRelatedIds } from '../adapter/related-ids.ts';
import { sayOf } from '../locale/languages.ts';

const atOnce = 500;

/** What leaves in an export: the declared fields, without addresses that open something for whoever has them. */
export function exportColumns({ fields }: PanelDefinition): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.export !== false);
}

export async function countAll(definition: PanelDefinition, asked: Asked, actor: Actor): Promise<number> {
  return definition.model.count({ where: listCondition(definition, await withRelatedIds(definition, asked), actor) });
}

/** Every row that a search and filters match and the actor may see, in the order of ids; a few hundred are in memory. */
export async function* readAll(definition: PanelDefinition, asked: Asked, actor: Actor): AsyncGenerator<Row[]> {
  const { fields, model } = definition;
  const attributes = Object.keys(fields).filter((name) => !fields[name]?.computed);
  const where = listCondition(definition, await withRelatedIds(definition, asked), actor);
  let after: string | undefined;
  for (;;) {
    const found = await model.findAll({
      attributes,
      where: { [Op.and]: [where, ...(after ? [{ id: { [Op.gt]: after } }] : [])] },
      order: [['id', 'ASC']],
      limit: atOnce,
    });
    const rows = found.map((row) => row.get({ plain: true }) as Row);
    // A file is for programs: in one language, whoever takes it.
    await definition.enrich?.(rows, { actor, say: sayOf('en') });
    if (rows.length > 0) yield rows;
    if (rows.length < atOnce) return;
    after = String(rows.at(-1)?.id);
  }
}
