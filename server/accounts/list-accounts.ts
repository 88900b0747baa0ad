import { QueryTypes } from 'sequelize';
import type { z } from 'zod';
import { type ListUsersInput, listUsersSchema } from '../../core/contracts/user.ts';
import { invalidField } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { Actor } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { AccountModel } from './account.model.ts';

export interface AccountPage {
  items: AccountModel[];
  /** For the next page; null on the last one. */
  nextCursor: string | null;
}

type Wish = z.output<typeof listUsersSchema>;

const orders = {
  username: { column: 'username', cast: 'citext', direction: 'ASC', beyond: '>' },
  '-username': { column: 'username', cast: 'citext', direction: 'DESC', beyond: '<' },
  dateJoined: { column: 'date_joined', cast: 'timestamptz', direction: 'ASC', beyond: '>' },
  '-dateJoined': { column: 'date_joined', cast: 'timestamptz', direction: 'DESC', beyond: '<' },
} as const;

/** A page of accounts with tier, groups and permissions, for staff with `users.view`. Ties are in the order of ids. */
export function listAccountsOf({ sequelize, models }: Database) {
  return async (actor: Actor | null, given: ListUsersInput = {}): Promise<AccountPage> => {
    requirePermission(actor, 'users.view');
    const wish = parseInput(listUsersSchema, given);
    const { sql, bind } = idsQuery(wish);
    const rows = await sequelize.query<{ id: string; at: string }>(sql, { type: QueryTypes.SELECT, bind });
    const page = rows.slice(0, wish.limit);
    const last = rows.length > wish.limit ? page.at(-1) : undefined;

    const accounts = await models.Account.findAll({
      where: { id: page.map(({ id }) => id) },
      include: ['tier', 'groups', 'permissions'],
    });
    const byId = new Map(accounts.map((account) => [account.id, account]));
    return {
      items: page.flatMap(({ id }) => byId.get(id) ?? []),
      nextCursor: last ? writeCursor(wish.order, last) : null,
    };
  };
}

function idsQuery({ search = '', tierId, isActive, isStaff, order, limit, cursor }: Wish) {
  const { column, cast, direction, beyond } = orders[order];
  const bind: unknown[] = [limit + 1];
  const bound = (value: unknown) => `$${bind.push(value)}`;
  const conditions = search
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const pattern = bound(`%${word.replaceAll(/[\\%_]/g, '\\$&').replaceAll('\0', '\uFFFD')}%`);
      return `(username::text ILIKE ${pattern} OR email::text ILIKE ${pattern})`;
    });
  if (tierId !== undefined) conditions.push(`tier_id = ${bound(tierId)}`);
  if (isActive !== undefined) conditions.push(`is_active = ${bound(isActive)}`);
  if (isStaff !== undefined) conditions.push(`is_staff = ${bound(isStaff)}`);
  if (cursor !== undefined) {
    const from = readCursor(cursor, order);
    conditions.push(`(${column}, id) ${beyond} (${bound(from.at)}::${cast}, ${bound(from.id)}::uuid)`);
  }
  const sql = `
    SELECT id, ${column}::text AS at FROM accounts
    ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
    ORDER BY ${column} ${direction}, id ${direction} LIMIT $1`;
  return { sql, bind };
}

/** A cursor holds for the order in which it was given out. */
function writeCursor(order: Wish['order'], { at, id }: { at: string; id: string }): string {
  return Buffer.from(JSON.stringify([order, at, id])).toString('base64url');
}

function readCursor(cursor: string, order: Wish['order']): { at: string; id: string } {
  const [of, at, id] = parse(Buffer.from(cursor, 'base64url').toString());
  const isDate = !order.endsWith('dateJoined') || (typeof at === 'string' && /^\d{4}-\d\d-\d\d [\d:.]+\+00$/.test(at));
  const isWhole = typeof at === 'string' && !at.includes('\0') && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id);
  if (of !== order || !isWhole || !isDate) {
    throw invalidField('cursor', 'is not one of this list in this order; begin without it');
  }
  return { at, id };
}

function parse(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
