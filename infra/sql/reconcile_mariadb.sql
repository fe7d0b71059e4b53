-- How `suoi reconcile` reads a department's MariaDB: one page a transaction, nothing ever locked or written.

-- session --
-- A page that meets a lock or a slow disk gives up: the department's own work goes first.
set session transaction read only;
set session max_statement_time = 20;
set session lock_wait_timeout = 2;
set session time_zone = '+00:00';
set session sql_mode = 'ANSI_QUOTES';

-- place --
show master status

-- clock --
select cast(unix_timestamp(now(6)) * 1000000 as signed)

-- shape --
select column_name, data_type, is_nullable = 'YES'
from information_schema.columns
where concat(table_schema, '.', table_name) = %(table)s and generation_expression is null
order by ordinal_position

-- size --
select coalesce(table_rows, 0) from information_schema.tables
where concat(table_schema, '.', table_name) = %(table)s

-- page --
select {images}, {marks} from {table} as t where {between} order by {key} limit %(rows)s

-- middle --
select {marks} from {table} as t order by {key} limit 1 offset %(skip)s

-- named --
select {images} from {table} as t where ({key}) in ({values})

-- mark --
{column}

-- image_plain --
{column}

-- image_text --
cast({column} as char)

-- image_date --
-- A zero date is no day: null, or the epoch where the column takes no null (Debezium's documentation).
coalesce(datediff({column}, '1970-01-01'), {zero})

-- image_datetime --
coalesce(timestampdiff(microsecond, '1970-01-01', {column}), {zero})

-- image_timestamp --
if({column} = 0, if({zero} = 0, '1970-01-01T00:00:00.000000Z', null), date_format({column}, '%%Y-%%m-%%dT%%H:%%i:%%s.%%fZ'))

-- image_time --
time_to_sec({column}) * 1000000 + microsecond({column})

-- image_bytes --
replace(to_base64({column}), '\n', '')

-- value_date --
date '1970-01-01' + interval {value} day

-- value_datetime --
timestamp '1970-01-01 00:00:00' + interval {value} microsecond

-- value_bytes --
from_base64({value})

-- value_plain --
{value}
