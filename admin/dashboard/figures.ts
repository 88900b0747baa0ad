import { QueryTypes } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import { can, type Resource } from '../../server/kernel/permissions.ts';
import { visibleEntries } from '../history/visible-entries.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { rememberFor } from './remember-for.ts';

/** Absent what the person may not see; up to ten seconds old. */
export interface Figures {
  /** How many records there are of each kind. */
  counts: Partial<Record<Resource, number>>;
  users?: { active: number; joinedThisWeek: number };
  images?: { processing: number; ready: number; failed: number; bytes: number; uploadedToday: number };
  /** The last thirty days in UTC, the oldest first, of the images that are there still. */
  uploads?: { day: string; images: number; bytes: number }[];
  links?: { live: number };
  /** For who may see users and tiers both. */
  accountsByTier?: { id: string; name: string; accounts: number; bytes: number }[];
}

const keptMilliseconds = 10_000;
const days = 30;
const dayMilliseconds = 86_400_000;

/** The figures of the start page. Each is read only when somebody asks who may see it. */
export function figuresOf({
  sequelize,
  models,
  now = () => new Date(),
}: Pick<PanelDeps, 'sequelize' | 'models' | 'now'>) {
  const rows = <T extends object>(sql: string, bind: unknown[] = []) =>
    sequelize.query<T>(sql, { type: QueryTypes.SELECT, bind });
  const row = async <T extends object>(sql: string) => (await rows<T>(sql))[0] as T;
  const kept = <T>(read: () => Promise<T>) => rememberFor(keptMilliseconds, read, now);

  const users = kept(() => row<{ total: number; active: number; joinedThisWeek: number }>(usersQuery));
  const images = kept(() => row<NonNullable<Figures['images']>>(imagesQuery));
  const links = kept(() => row<{ total: number; live: number }>(linksQuery));
  const others = kept(() => row<Record<'tiers' | 'groups', number>>(countsQuery));
  const wholeLog = kept(() => models.AuditEntry.count());
  const log = (actor: Actor) =>
    actor.isSuperuser ? wholeLog() : models.AuditEntry.count({ where: visibleEntries(actor) });
  const accountsByTier = kept(() => rows<NonNullable<Figures['accountsByTier']>[number]>(accountsByTierQuery));
  const uploads = kept(async () => {
    const dates = lastDays(now());
    const found = await rows<{ day: string; images: number; bytes: number }>(uploadsQuery, [dates[0]]);
    const byDay = new Map(found.map((uploaded) => [uploaded.day, uploaded]));
    return dates.map((day) => byDay.get(day) ?? { day, images: 0, bytes: 0 });
  });

  return async (actor: Actor): Promise<Figures> => {
    const sees = (resource: Resource) => can(actor, `${resource}.view`);
    const when = async <T>(isSeen: boolean, read: () => Promise<T>) => (isSeen ? read() : undefined);
    const [ofUsers, ofImages, ofUploads, ofLinks, ofOthers, ofLog, byTier] = await Promise.all([
      when(sees('users'), users),
      when(sees('images'), images),
      when(sees('images'), uploads),
      when(sees('links'), links),
      when(sees('tiers') || sees('groups'), others),
      when(sees('log'), () => log(actor)),
      when(sees('users') && sees('tiers'), accountsByTier),
    ]);
    return {
      counts: {
        ...(ofUsers && { users: ofUsers.total }),
        ...(ofOthers && sees('tiers') && { tiers: ofOthers.tiers }),
        ...(ofImages && { images: ofImages.processing + ofImages.ready + ofImages.failed }),
        ...(ofLinks && { links: ofLinks.total }),
        ...(ofOthers && sees('groups') && { groups: ofOthers.groups }),
        ...(ofLog !== undefined && { log: ofLog }),
      },
      users: ofUsers && { active: ofUsers.active, joinedThisWeek: ofUsers.joinedThisWeek },
      images: ofImages,
      uploads: ofUploads,
      links: ofLinks && { live: ofLinks.live },
      accountsByTier: byTier,
    };
  };
}

/** `2026-11-22`, the oldest first. */
function lastDays(now: Date): string[] {
  return Array.from({ length: days }, (_, index) =>
    new Date(now.getTime() - (days - 1 - index) * dayMilliseconds).toISOString().slice(0, 10),
  );
}

const usersQuery = `
  SELECT count(*) AS total, count(*) FILTER (WHERE is_active) AS active,
    count(*) FILTER (WHERE date_joined > now() - interval '7 days') AS "joinedThisWeek" FROM accounts`;

/** Each part by an index of its own. */
const imagesQuery = `
  WITH counted AS (SELECT status, count(*) AS images FROM images WHERE state = 'stored' GROUP BY status)
  SELECT coalesce(sum(images) FILTER (WHERE status = 'processing'), 0)::int AS processing,
    coalesce(sum(images) FILTER (WHERE status = 'ready'), 0)::int AS ready,
    coalesce(sum(images) FILTER (WHERE status = 'failed'), 0)::int AS failed,
    (SELECT coalesce(sum(bytes), 0)::bigint FROM images WHERE state = 'stored') AS bytes,
    (SELECT count(*) FROM images WHERE state = 'stored' AND created_at > now() - interval '24 hours') AS "uploadedToday"
  FROM counted`;

const uploadsQuery = `
  SELECT to_char(date_trunc('day', created_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS day, count(*) AS images,
    sum(bytes)::bigint AS bytes
  FROM images WHERE state = 'stored' AND created_at >= $1::date::timestamp AT TIME ZONE 'UTC'
  GROUP BY date_trunc('day', created_at AT TIME ZONE 'UTC')`;

const linksQuery = `
  SELECT count(*) AS total, count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > now()
    AND (max_uses IS NULL OR uses < max_uses)) AS live FROM expiring_links`;

const countsQuery = `
  SELECT (SELECT count(*) FROM tiers) AS tiers, (SELECT count(*) FROM groups) AS groups`;

const accountsByTierQuery = `
  SELECT t.id, t.name::text AS name, count(a.id) AS accounts, coalesce(sum(a.used_bytes), 0)::bigint AS bytes
  FROM tiers t LEFT JOIN accounts a ON a.tier_id = t.id GROUP BY t.id ORDER BY count(a.id) DESC, t.created_at`;
