import type { Migration } from '../migration.ts';

/**
 * The first tables. Limits that matter stand here too, so that no path around the use cases can break them.
 * Names of images sort by code point (`COLLATE "C"`) whatever the database's own collation is;
 * keys of objects do too, as the stores list them.
 */
export const migration: Migration = {
  name: '20261122000000-first',
  up: async (run) => {
    await run('CREATE EXTENSION IF NOT EXISTS citext');
    await run('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await run(`
      CREATE TABLE installation (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        id uuid NOT NULL,
        secrets_fingerprint text,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE tiers (
        id uuid PRIMARY KEY,
        name citext NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
        is_default boolean NOT NULL DEFAULT false,
        thumbnail_heights integer[] NOT NULL
          CHECK (cardinality(thumbnail_heights) BETWEEN 1 AND 16 AND 16 <= ALL (thumbnail_heights) AND 4096 >= ALL (thumbnail_heights)
                 AND array_position(thumbnail_heights, NULL) IS NULL),
        thumbnail_format text NOT NULL DEFAULT 'same' CHECK (thumbnail_format IN ('same', 'webp', 'avif', 'jpeg')),
        original_link boolean NOT NULL DEFAULT false,
        expiring_link boolean NOT NULL DEFAULT false,
        expiring_link_min_seconds integer NOT NULL DEFAULT 300 CHECK (expiring_link_min_seconds >= 1),
        expiring_link_max_seconds integer NOT NULL DEFAULT 30000 CHECK (expiring_link_max_seconds <= 604800),
        max_upload_bytes bigint NOT NULL DEFAULT 52428800 CHECK (max_upload_bytes >= 1),
        quota_bytes bigint CHECK (quota_bytes >= 0),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT tiers_link_bounds CHECK (expiring_link_min_seconds <= expiring_link_max_seconds)
      );
      CREATE UNIQUE INDEX tiers_one_default ON tiers (is_default) WHERE is_default;

      CREATE TABLE accounts (
        id uuid PRIMARY KEY,
        username citext NOT NULL CONSTRAINT accounts_username_key UNIQUE CHECK (length(username) BETWEEN 1 AND 150),
        email citext NOT NULL DEFAULT '' CHECK (length(email) <= 254),
        password_hash text,
        is_active boolean NOT NULL DEFAULT true,
        is_staff boolean NOT NULL DEFAULT false,
        is_superuser boolean NOT NULL DEFAULT false,
        tier_id uuid NOT NULL CONSTRAINT accounts_tier_fkey REFERENCES tiers (id) ON DELETE RESTRICT,
        token_generation integer NOT NULL DEFAULT 1,
        used_bytes bigint NOT NULL DEFAULT 0 CHECK (used_bytes >= 0),
        images_version bigint NOT NULL DEFAULT 1,
        version integer NOT NULL DEFAULT 1,
        date_joined timestamptz(3) NOT NULL DEFAULT now(),
        last_login timestamptz(3),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX accounts_tier ON accounts (tier_id);
      CREATE INDEX accounts_date_joined ON accounts (date_joined, id);
      CREATE INDEX accounts_search ON accounts USING gin ((username::text) gin_trgm_ops, (email::text) gin_trgm_ops);

      CREATE TABLE groups (
        id uuid PRIMARY KEY,
        name citext NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 150),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE TABLE group_permissions (
        group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
        permission text NOT NULL CHECK (permission ~ '^[a-z]+\\.[a-z]+$'),
        PRIMARY KEY (group_id, permission)
      );
      CREATE TABLE account_permissions (
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        permission text NOT NULL CHECK (permission ~ '^[a-z]+\\.[a-z]+$'),
        PRIMARY KEY (account_id, permission)
      );
      CREATE TABLE account_groups (
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
        PRIMARY KEY (account_id, group_id)
      );
      CREATE INDEX account_groups_group ON account_groups (group_id);

      CREATE TABLE images (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
        name text COLLATE "C" NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 255),
        state text NOT NULL DEFAULT 'uploading' CHECK (state IN ('uploading', 'stored')),
        object_key text COLLATE "C" NOT NULL UNIQUE,
        content_type text,
        bytes bigint CHECK (bytes > 0),
        reserved_bytes bigint NOT NULL DEFAULT 0 CHECK (reserved_bytes >= 0),
        width integer CHECK (width > 0),
        height integer CHECK (height > 0),
        sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        status text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'ready', 'failed')),
        failure_code text,
        failure_message text,
        placeholder text,
        upload_lease_until timestamptz(3),
        work_due_at timestamptz(3),
        attempts integer NOT NULL DEFAULT 0,
        crash_count integer NOT NULL DEFAULT 0,
        stale_before timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT images_owner_name_key UNIQUE (owner_id, name),
        CONSTRAINT images_stored_is_whole CHECK (state = 'uploading'
          OR (content_type IS NOT NULL AND bytes IS NOT NULL AND width IS NOT NULL AND height IS NOT NULL AND sha256 IS NOT NULL)),
        CONSTRAINT images_uploading_has_lease CHECK ((state = 'uploading') = (upload_lease_until IS NOT NULL)),
        CONSTRAINT images_failure CHECK ((status = 'failed') = (failure_code IS NOT NULL))
      );
      CREATE INDEX images_owner_created ON images (owner_id, created_at DESC, id DESC) WHERE state = 'stored';
      CREATE INDEX images_owner_bytes ON images (owner_id, bytes, id) WHERE state = 'stored';
      CREATE INDEX images_created ON images (created_at DESC, id DESC) WHERE state = 'stored';
      CREATE INDEX images_status ON images (status, created_at DESC) WHERE state = 'stored' AND status <> 'ready';
      CREATE INDEX images_work_due ON images (work_due_at) WHERE work_due_at IS NOT NULL;
      CREATE INDEX images_lease ON images (upload_lease_until) WHERE upload_lease_until IS NOT NULL;
      CREATE INDEX images_search ON images USING gin (name gin_trgm_ops);

      CREATE TABLE thumbnails (
        image_id uuid NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        tier_height integer NOT NULL,
        format text NOT NULL CHECK (format IN ('same', 'webp', 'avif', 'jpeg')),
        width integer NOT NULL CHECK (width > 0),
        height integer NOT NULL CHECK (height > 0),
        bytes bigint NOT NULL CHECK (bytes > 0),
        content_type text NOT NULL,
        object_key text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (image_id, tier_height, format)
      );

      CREATE TABLE tombstones (
        object_key text COLLATE "C" PRIMARY KEY,
        image_id uuid NOT NULL,
        deleted_at timestamptz(3) NOT NULL DEFAULT now(),
        sweep_due_at timestamptz(3) NOT NULL DEFAULT now(),
        sweeps integer NOT NULL DEFAULT 0
      );
      CREATE INDEX tombstones_due ON tombstones (sweep_due_at);

      CREATE TABLE image_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        image_id uuid NOT NULL,
        deleted boolean NOT NULL DEFAULT false,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX image_events_owner ON image_events (owner_id, id);
      CREATE INDEX image_events_created ON image_events (created_at);

      CREATE TABLE expiring_links (
        id uuid PRIMARY KEY,
        image_id uuid NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        owner_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        height integer,
        expire_time_seconds integer NOT NULL CHECK (expire_time_seconds > 0),
        expires_at timestamptz(3) NOT NULL,
        max_uses integer CHECK (max_uses BETWEEN 1 AND 10000),
        uses integer NOT NULL DEFAULT 0,
        revoked_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT expiring_links_uses CHECK (uses >= 0 AND (max_uses IS NULL OR uses <= max_uses))
      );
      CREATE INDEX expiring_links_owner ON expiring_links (owner_id, created_at DESC, id DESC);
      CREATE INDEX expiring_links_image ON expiring_links (image_id);
      CREATE INDEX expiring_links_expires ON expiring_links (expires_at);

      CREATE TABLE refresh_tokens (
        id uuid PRIMARY KEY,
        family_id uuid NOT NULL,
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        used_at timestamptz(3),
        revoked_at timestamptz(3),
        expires_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
      CREATE INDEX refresh_tokens_account ON refresh_tokens (account_id);
      CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);

      CREATE TABLE rate_limits (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      );

      CREATE TABLE idempotency_keys (
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        method text NOT NULL,
        path text NOT NULL,
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
        request_fingerprint text NOT NULL,
        image_id uuid REFERENCES images (id) ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (account_id, method, path, key)
      );
      CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
      CREATE INDEX idempotency_keys_image ON idempotency_keys (image_id);

      CREATE TABLE jobs (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        payload jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        cursor jsonb,
        progress_done bigint NOT NULL DEFAULT 0,
        progress_total bigint,
        failure text,
        attempts integer NOT NULL DEFAULT 0,
        run_at timestamptz(3) NOT NULL DEFAULT now(),
        lease_until timestamptz(3),
        lease_token uuid,
        dedupe_key text,
        created_by uuid REFERENCES accounts (id) ON DELETE SET NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        started_at timestamptz(3),
        finished_at timestamptz(3)
      );
      CREATE INDEX jobs_due ON jobs (run_at) WHERE state IN ('queued', 'running');
      CREATE UNIQUE INDEX jobs_waiting ON jobs (kind, dedupe_key) WHERE state = 'queued' AND cursor IS NULL;
      CREATE INDEX jobs_created ON jobs (created_at DESC);

      CREATE TABLE audit_entries (
        id uuid PRIMARY KEY,
        at timestamptz(3) NOT NULL DEFAULT now(),
        actor_id uuid,
        actor_name text NOT NULL DEFAULT '',
        action text NOT NULL,
        resource text NOT NULL DEFAULT '',
        record_id text NOT NULL DEFAULT '',
        record_title text NOT NULL DEFAULT '',
        changes jsonb NOT NULL DEFAULT '{}',
        address text NOT NULL DEFAULT '',
        request_id text NOT NULL DEFAULT ''
      );
      CREATE INDEX audit_entries_at ON audit_entries (at DESC, id DESC);
      CREATE INDEX audit_entries_record ON audit_entries (resource, record_id, at DESC);
      CREATE INDEX audit_entries_actor ON audit_entries (actor_id, at DESC);

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
      CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE sessions (
        sid varchar NOT NULL PRIMARY KEY,
        sess json NOT NULL,
        expire timestamp(6) NOT NULL
      );
      CREATE INDEX sessions_expire ON sessions (expire);
      CREATE INDEX sessions_account ON sessions ((sess ->> 'accountId'));
    `);
  },
  down: async (run) => {
    await run(`
      DROP TABLE sessions, audit_entries, jobs, idempotency_keys, rate_limits, refresh_tokens, expiring_links,
        image_events, tombstones, thumbnails, images, account_groups, account_permissions, group_permissions, groups,
        accounts, tiers, installation;
      DROP FUNCTION refuse_change();
    `);
  },
};
