/** SQL: 0 up to 1, by chance and always the same for this `n`. */
function chance(salt: string): string {
  return `(('x' || substr(md5('${salt} ' || n), 1, 8))::bit(32)::bigint / 4294967296.0)`;
}

/** SQL: one of these, by chance. */
function oneOf(salt: string, values: readonly string[]): string {
  const list = values.map((value) => `'${value}'`).join(', ');
  return `(ARRAY[${list}])[1 + floor(${chance(salt)} * ${values.length})::int]`;
}

/** SQL: always the same id for this `n`, a UUID of version 8 (RFC 9562) as every schema here wants one. */
function idOf(salt: string, n: string): string {
  return `overlay(overlay(md5('${salt} ' || ${n}) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid`;
}

const accountId = (n: string) => idOf('darkroom seed account', n);
const birds = ['wren', 'robin', 'heron', 'swift', 'plover', 'teal', 'lark', 'finch', 'raven', 'crane', 'dunlin', 'owl'];
const places = ['harbour', 'meadow', 'station', 'market', 'valley', 'bridge', 'garden', 'island', 'orchard', 'tower'];
const moods = ['at-dawn', 'in-fog', 'by-night', 'from-above', 'in-spring', 'after-rain', 'with-snow', 'in-june'];

/** $1 to $2 are the numbers, $3 is now, $4 the tiers' ids, the usual one first: most have that one. */
export const accountsSql = `
  INSERT INTO accounts (id, username, email, is_active, is_staff, tier_id, date_joined, last_login)
  SELECT ${accountId('n')}, name, name || '@seed.invalid', ${chance('active')} < 0.97, n % 2000 = 7,
    ($4::uuid[])[CASE WHEN ${chance('tier')} < 0.8 OR cardinality($4::uuid[]) = 1 THEN 1
      ELSE 2 + floor(${chance('other tier')} * (cardinality($4::uuid[]) - 1))::int END],
    joined, CASE WHEN ${chance('login')} < 0.7 THEN joined + ($3::timestamptz - joined) * ${chance('last')} END
  FROM (SELECT n, ${oneOf('bird', birds)} || '-' || lpad(n::text, greatest(5, length(n::text)), '0') AS name,
          $3::timestamptz - interval '1100 days' * ${chance('joined')} AS joined
        FROM generate_series($1::int, $2::int) n) made`;

/**
 * Images with their thumbnails, and expiring links to every second one whose owner's tier has them: one in ten lives.
 * $4 is how many accounts there are (a few have many images), $5 the shared pictures, $6 of how many kinds they are.
 */
export const imagesSql = `
  WITH made AS (
    INSERT INTO images (id, owner_id, name, state, object_key, content_type, bytes, width, height, sha256, status,
      failure_code, failure_message, created_at, updated_at)
    SELECT id, owner_id, stem || '-' || n || '.' || CASE type WHEN 'image/jpeg' THEN 'jpg' ELSE substr(type, 7) END,
      'stored', id || '/' || md5('secret ' || n), type, 40000 + floor(9000000 * ${chance('bytes')} ^ 2)::int,
      1200 * scale, 800 * scale, md5('a' || n) || md5('b' || n), status,
      CASE status WHEN 'failed' THEN 'undecodable' END,
      CASE status WHEN 'failed' THEN 'The picture is damaged, or of a kind that cannot be decoded. Export it again.' END, created, created + interval '2 seconds'
    FROM (SELECT n, created, ${accountId(`(1 + floor($4::int * ${chance('owner')} ^ 2)::int)`)} AS owner_id,
            (lpad(to_hex((extract(epoch FROM created) * 1000)::bigint), 12, '0') || '7' || substr(md5('id ' || n), 1, 3)
              || '8' || substr(md5('id ' || n), 4, 15))::uuid AS id,
            CASE WHEN ${chance('camera')} < 0.5 THEN 'IMG' ELSE ${oneOf('place', places)} || '-' || ${oneOf('mood', moods)} END
              AS stem,
            CASE WHEN ${chance('type')} < 0.85 THEN 'image/jpeg'
              ELSE ${oneOf('other type', ['image/png', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff'])}
              END AS type,
            1 + floor(4 * ${chance('scale')})::int AS scale,
            CASE WHEN ${chance('status')} < 0.01 THEN 'failed' ELSE 'ready' END AS status
          FROM (SELECT n, $3::timestamptz - interval '540 days' * ${chance('age')} ^ 1.1 AS created
                FROM generate_series($1::int, $2::int) n) aged) drawn
    RETURNING id, owner_id, status, created_at),
  linked AS (
    INSERT INTO expiring_links (id, image_id, owner_id, expire_time_seconds, expires_at, uses, max_uses, revoked_at, created_at)
    SELECT ${idOf('darkroom seed link', 'n')}, image_id, owner_id, seconds, created + seconds * interval '1 second',
      floor(11 * ${chance('uses')})::int, CASE WHEN ${chance('max uses')} < 0.2 THEN 10 END,
      CASE WHEN ${chance('revoked')} < 0.05 THEN created + interval '1 second' END, created
    FROM (SELECT n, image_id, owner_id, 300 + floor(29700 * ${chance('seconds')})::int AS seconds,
            CASE WHEN ${chance('lives')} < 0.1 THEN $3::timestamptz - interval '290 seconds' * ${chance('ago')}
              ELSE uploaded + ($3::timestamptz - uploaded) * ${chance('made')} END AS created
          FROM (SELECT made.id::text AS n, made.id AS image_id, made.owner_id, made.created_at AS uploaded
                FROM made JOIN accounts account ON account.id = made.owner_id
                JOIN tiers tier ON tier.id = account.tier_id AND tier.expiring_link) image
          WHERE ${chance('linked')} < 0.5) drawn)
  INSERT INTO thumbnails (image_id, tier_height, format, width, height, bytes, content_type, object_key, created_at)
  SELECT made.id, picture."tierHeight", tier.thumbnail_format, picture.width, picture.height, picture.bytes, 'image/png',
    picture.key, made.created_at + interval '2 seconds'
  FROM made JOIN accounts account ON account.id = made.owner_id JOIN tiers tier ON tier.id = account.tier_id
  JOIN jsonb_to_recordset($5::jsonb) AS picture("tierHeight" int, which int, key text, bytes int, width int, height int)
    ON picture."tierHeight" = ANY (tier.thumbnail_heights)
      AND picture.which = abs(hashtext(made.id::text)::bigint) % $6::int
  WHERE made.status = 'ready'`;

/** Logins, changes of accounts, thumbnails asked for again. */
export const auditSql = `
  INSERT INTO audit_entries (id, at, actor_id, actor_name, action, resource, record_id, record_title, changes, address, request_id)
  SELECT gen_random_uuid(), $3::timestamptz - interval '365 days' * ${chance('at')}, account.id, account.username, what,
    'users', account.id::text, account.username,
    CASE what WHEN 'change' THEN '{"isActive": {"from": false, "to": true}}'::jsonb ELSE '{}' END,
    '192.0.2.' || (n % 250), 'seed-' || n
  FROM (SELECT n, ${accountId(`(1 + floor($4::int * ${chance('who')})::int)`)} AS id,
          ${oneOf('what', ['login', 'login', 'login', 'login', 'login_failed', 'change', 'set_password'])} AS what
        FROM generate_series($1::int, $2::int) n) made
  JOIN accounts account ON account.id = made.id`;

/** What the accounts of these numbers have, summed up. One by one: nothing is known yet of tables that were just filled. */
export const usageSql = `
  UPDATE accounts account SET used_bytes = owned.bytes, image_count = owned.images
  FROM (SELECT ${accountId('n')} AS id FROM generate_series($1::int, $2::int) n) made
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(bytes), 0) AS bytes, count(*) AS images FROM images
    WHERE owner_id = made.id AND state = 'stored') owned
  WHERE account.id = made.id`;
