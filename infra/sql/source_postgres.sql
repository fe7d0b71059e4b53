-- What a department's PostgreSQL (>= 15) says of itself; read by the guards, all of it allowed to the CDC role.

-- server --
SELECT current_setting('wal_level'), current_setting('server_version_num')::int

-- publication --
SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate
FROM pg_publication WHERE pubname = %(publication)s

-- published --
SELECT schemaname || '.' || tablename, attnames::text[], rowfilter IS NOT NULL
FROM pg_publication_tables WHERE pubname = %(publication)s

-- tables --
-- row_security_active: rows a policy hides from the CDC role would be missing without a word.
SELECT n.nspname || '.' || c.relname, c.relkind::text, c.relpersistence::text, c.relreplident::text,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
       row_security_active(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY(%(tables)s)

-- columns --
-- A value can leave its row only where the table has a TOAST relation, which the server makes when a row can outgrow it.
SELECT n.nspname || '.' || c.relname, a.attname::text, a.attgenerated <> '',
       c.reltoastrelid <> 0 AND a.attlen = -1 AND a.attstorage <> 'p'
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY(%(tables)s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.oid, a.attnum

-- types --
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = %(table)s AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum

-- keys --
SELECT n.nspname || '.' || c.relname, array_agg(a.attname::text ORDER BY k.place)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
WHERE i.indisprimary AND n.nspname || '.' || c.relname = ANY(%(tables)s)
GROUP BY 1

-- slot --
SELECT active, (confirmed_flush_lsn - '0/0')::bigint, wal_status, plugin, database::text
FROM pg_replication_slots WHERE slot_name = %(slot)s

-- estimates --
SELECT n.nspname || '.' || c.relname, greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = ANY(%(tables)s)

-- beat --
INSERT INTO cdc.heartbeat(id, ts) VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET ts = now()

-- signal --
INSERT INTO cdc.signal(id, type, data) VALUES (%(id)s, 'execute-snapshot', %(data)s)

-- signals --
SELECT id, data FROM cdc.signal WHERE type = 'execute-snapshot'

-- log --
SELECT v.name, v.value
FROM pg_replication_slots s
CROSS JOIN LATERAL (VALUES
  ('slot', s.slot_name::text),
  ('active', s.active::text),
  ('wal_status', s.wal_status),
  ('kept_bytes', pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint::text)
) AS v(name, value)
WHERE s.slot_name = %(slot)s

-- vitals --
SELECT (SELECT system_identifier::text FROM pg_control_system()),
       ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
       (pg_current_wal_flush_lsn() - '0/0')::bigint,
       (SELECT n FROM cdc.mark WHERE id = 1)

-- advance --
-- Only a mark that did not fall behind goes on; it is durable when it is said to be, whatever the department's default.
UPDATE cdc.mark SET n = n + 1
FROM (SELECT set_config('synchronous_commit', 'on', true) AS setting) AS durable
WHERE id = 1 AND n >= %(n)s AND durable.setting = 'on'
RETURNING n

-- marked --
SELECT n FROM cdc.mark WHERE id = 1

-- drop_slot --
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
WHERE slot_name = %(slot)s AND database = current_database()

-- unsignal --
-- What a connector before the reset was asked to load is no longer on its way.
DELETE FROM cdc.signal


-- pressure --
-- One row, slot or not. `max_slot_wal_keep_size` is -1 where there is no limit.
SELECT s.slot_name IS NOT NULL, coalesce(s.active, false), s.wal_status, (s.confirmed_flush_lsn - '0/0')::bigint,
       pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint,
       pg_size_bytes(current_setting('max_slot_wal_keep_size')),
       extract(epoch FROM clock_timestamp())::float8,
       (SELECT extract(epoch FROM clock_timestamp() - ts)::float8 FROM cdc.heartbeat WHERE id = 1)
FROM (VALUES (1)) AS one(n) LEFT JOIN pg_replication_slots s ON s.slot_name = %(slot)s

-- writers --
-- Only what has written holds the log; which transactions do is shown to everybody, since when is not.
SELECT backend_xid::text FROM pg_stat_activity WHERE backend_xid IS NOT NULL
UNION SELECT transaction::text FROM pg_prepared_xacts
