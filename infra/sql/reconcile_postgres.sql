-- How `suoi reconcile` reads a department's PostgreSQL: one page a transaction, nothing ever locked or written.

-- session --
-- A page that meets a lock or a slow disk gives up: the department's own work goes first.
set application_name = 'suoi reconcile';
set default_transaction_read_only = on;
set statement_timeout = '20s';
set lock_timeout = '2s';
set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set extra_float_digits = 1;

-- place --
-- What is written later lies at or beyond this position; the clock is that of the heartbeats.
select (pg_current_wal_insert_lsn() - '0/0')::bigint,
       (extract(epoch from clock_timestamp()) * 1000000)::bigint

-- shape --
-- A domain is read as the type it stands on.
select a.attname::text, format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), -1), not a.attnotnull
from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = to_regclass(%(table)s) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum

-- size --
select greatest(reltuples::bigint, pg_stat_get_live_tuples(oid), 0)
from pg_class where oid = to_regclass(%(table)s)

-- page --
select {images}, {marks} from {table} as t where {between} order by {key} limit %(rows)s

-- middle --
select {marks} from {table} as t order by {key} offset %(skip)s limit 1

-- named --
select {images} from {table} as t
where ({key}) in (select {values} from unnest({arrays}) as named ({names}))

-- mark --
{column}::text

-- image_plain --
{column}

-- image_text --
{column}::text

-- image_date --
-- Infinity is no day: Debezium sends a number out of every range, and so do we.
case when not isfinite({column}) then 2147483647 else {column} - date '1970-01-01' end

-- image_timestamp --
case when not isfinite({column}) then 9223372036854775807 else (extract(epoch from {column}) * 1000000)::bigint end

-- image_timestamptz --
case when not isfinite({column}) then {column}::text
else to_char({column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end

-- image_time --
(extract(epoch from {column}) * 1000000)::bigint

-- image_bytea --
translate(encode({column}, 'base64'), E'\n', '')

-- value_date --
date '1970-01-01' + {value}::int

-- value_timestamp --
timestamp '1970-01-01' + {value}::bigint * interval '1 microsecond'

-- value_time --
time '00:00' + {value}::bigint * interval '1 microsecond'

-- value_bytea --
decode({value}, 'base64')

-- value_plain --
{value}::{type}
