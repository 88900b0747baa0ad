import { QueryTypes, type Sequelize } from 'sequelize';

export interface ListeningAccount {
  accountId: string;
  tokenGeneration: number;
}

/**
 * Of these listeners, those whose account is gone or inactive by now, or whose token was revoked: not those who have come
 * back with a new one. One statement for all.
 */
export function findEndedListenersOf({ sequelize }: { sequelize: Sequelize }) {
  return async <Listener extends ListeningAccount>(listeners: readonly Listener[]): Promise<Listener[]> => {
    const rows = await sequelize.query<{ position: number }>(
      `SELECT heard.position::integer AS position
       FROM unnest($1::uuid[], $2::integer[]) WITH ORDINALITY AS heard (id, generation, position)
       WHERE NOT EXISTS (
         SELECT FROM accounts WHERE id = heard.id AND is_active AND token_generation = heard.generation)`,
      {
        type: QueryTypes.SELECT,
        bind: [listeners.map((each) => each.accountId), listeners.map((each) => each.tokenGeneration)],
      },
    );
    return rows.flatMap(({ position }) => listeners[position - 1] ?? []);
  };
}

export type FindEndedListeners = ReturnType<typeof findEndedListenersOf>;
