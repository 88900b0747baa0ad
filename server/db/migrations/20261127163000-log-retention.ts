import type { Migration } from '../migration.ts';

/**
 * The log stays append-only but for one function. It removes whole days that are past the retention, some entries at a
 * time, tells of that in the log itself, and works only for whoever holds the lock of the retention (7201131 in
 * `advisory-locks.ts`), and never for another role.
 */
export const migration: Migration = {
  name: '20261127163000-log-retention',
  up: async (run) => {
    await run(`
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        callers text;
      BEGIN
        GET DIAGNOSTICS callers = PG_CONTEXT;
        IF TG_OP = 'DELETE' AND callers ~ '\\n[^"\\n]*remove_old_audit_entries\\(integer,integer\\)' THEN
          RETURN NULL;
        END IF;
        RAISE EXCEPTION 'the log is append-only';
      END $$;

      CREATE FUNCTION remove_old_audit_entries(keep_days integer, at_most integer) RETURNS integer
      LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
      DECLARE
        cutoff timestamptz := date_trunc('day', now()) - keep_days * interval '1 day';
        removed integer;
      BEGIN
        IF keep_days < 1 OR at_most < 1 THEN
          RAISE EXCEPTION 'at least one day of the log is kept';
        END IF;
        IF NOT EXISTS (
          SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = 7201131 AND objsubid = 1
            AND pid = pg_backend_pid() AND granted) THEN
          RAISE EXCEPTION 'only the retention of the log removes entries';
        END IF;
        DELETE FROM audit_entries WHERE id = ANY (ARRAY(
          SELECT id FROM audit_entries WHERE at < cutoff ORDER BY at LIMIT at_most));
        GET DIAGNOSTICS removed = ROW_COUNT;
        IF removed > 0 THEN
          INSERT INTO audit_entries (id, action, resource, changes) VALUES (gen_random_uuid(), 'remove_old', 'log',
            jsonb_build_object('entries', jsonb_build_object('from', removed, 'to', 0),
              'before', jsonb_build_object('to', to_char(cutoff AT TIME ZONE 'UTC', 'YYYY-MM-DD'))));
        END IF;
        RETURN removed;
      END $$;
      REVOKE ALL ON FUNCTION remove_old_audit_entries(integer, integer) FROM PUBLIC;
    `);
  },
  down: async (run) => {
    await run(`
      DROP FUNCTION remove_old_audit_entries(integer, integer);
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
    `);
  },
};
