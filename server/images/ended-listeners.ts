import { QueryTypes, type Sequelize } from 'sequelize';

export interface ListeningAccount {
  accountId: string;
  tokenGeneration: number;
}

/** Which of these accounts are gone or inactive by now, or have ended their tokens; one statement for all of them. */
export function findEndedListenersOf({ sequelize }: { sequelize: Sequelize }) {
  return async (listeners: readonly ListeningAccount[]): Promise<ReadonlySet<string>> => {
    const rows = await sequelize.query<{ accountId: string }>(
      `SELECT heard.id AS "accountId" FROM unnest($1::uuid[], $2::integer[]) AS heard (id, generation)
       WHERE NOT EXISTS (
         SELECT FROM accounts WHERE id = heard.id AND is_active AND token_generation = heard.generation)`,
      {
        type: QueryTypes.SELECT,
        bind: [listeners.map((each) => each.accountId), listeners.map((each) => each.tokenGeneration)],
      },
    );
    return new Set(rows.map((row) => row.accountId));
  };
}

export type FindEndedListeners = ReturnType<typeof findEndedListenersOf>;
