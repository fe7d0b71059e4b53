-- What a department's MariaDB (>= 10.11) says of itself; read by the guards, all of it allowed to the CDC user.

-- variables --
SELECT lower(variable_name), variable_value FROM information_schema.global_variables
WHERE variable_name IN ('log_bin', 'binlog_format', 'binlog_row_image', 'server_id', 'log_bin_compress',
                        'expire_logs_days', 'binlog_expire_logs_seconds')

-- columns --
SELECT concat(table_schema, '.', table_name), column_name, data_type, is_nullable = 'NO',
       extra LIKE '%%GENERATED%%', privileges LIKE '%%select%%'
FROM information_schema.columns
WHERE concat(table_schema, '.', table_name) IN %(tables)s
ORDER BY table_schema, table_name, ordinal_position

-- types --
SELECT column_name, concat(column_type, coalesce(concat(' character set ', character_set_name), ''))
FROM information_schema.columns WHERE concat(table_schema, '.', table_name) = %(table)s
ORDER BY ordinal_position

-- keys --
SELECT concat(table_schema, '.', table_name), column_name
FROM information_schema.statistics
WHERE index_name = 'PRIMARY' AND concat(table_schema, '.', table_name) IN %(tables)s
ORDER BY table_schema, table_name, seq_in_index

-- binlogs --
SHOW BINARY LOGS

-- estimates --
SELECT concat(table_schema, '.', table_name), coalesce(table_rows, 0)
FROM information_schema.tables WHERE concat(table_schema, '.', table_name) IN %(tables)s

-- beat --
INSERT INTO cdc.heartbeat(id, ts) VALUES (1, now(6)) ON DUPLICATE KEY UPDATE ts = now(6)

-- signal --
INSERT INTO cdc.signal(id, type, data) VALUES (%(id)s, 'execute-snapshot', %(data)s)

-- signals --
SELECT id, data FROM cdc.signal WHERE type = 'execute-snapshot'

-- log --
SELECT CASE lower(variable_name) WHEN 'binlog_snapshot_file' THEN 'file' ELSE 'position' END, variable_value
FROM information_schema.global_status
WHERE variable_name IN ('BINLOG_SNAPSHOT_FILE', 'BINLOG_SNAPSHOT_POSITION')
UNION ALL
SELECT 'active', IF(count(*) > 0, 'true', 'false')
FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%%' AND user = %(role)s

-- vitals --
-- server_uid is there from 10.11.9 on.
SELECT coalesce((SELECT variable_value FROM information_schema.global_variables WHERE variable_name = 'SERVER_UID'), ''),
       0, @@global.gtid_binlog_pos, (SELECT n FROM cdc.mark WHERE id = 1)

-- advance --
-- Only a mark that did not fall behind goes on.
UPDATE cdc.mark SET n = n + 1 WHERE id = 1 AND n >= %(n)s

-- marked --
SELECT n FROM cdc.mark WHERE id = 1

-- unsignal --
-- What a connector before the reset was asked to load is no longer on its way.
DELETE FROM cdc.signal


-- pressure --
SELECT unix_timestamp(now(6)), (SELECT timestampdiff(microsecond, ts, now(6)) / 1e6 FROM cdc.heartbeat WHERE id = 1),
       @@global.expire_logs_days, (SELECT count(*) FROM information_schema.user_privileges
                                   WHERE privilege_type IN ('PROCESS', 'SUPER'))

-- transactions --
-- Asked only where the DBA has granted PROCESS: an open transaction of MariaDB holds nothing of its binlog.
SELECT max(timestampdiff(microsecond, trx_started, now(6))) / 1e6 FROM information_schema.innodb_trx
