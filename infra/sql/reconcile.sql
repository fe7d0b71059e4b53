-- The provincial side of `suoi reconcile`: read as province_reader, which may change nothing.

-- session --
set default_transaction_read_only = on;
set statement_timeout = '60s';

-- held --
-- The hash is taken anew from the columns: a value changed behind our back keeps the old `_hash`.
select _key, case when _hash = {hash} then _hash end, (extract(epoch from _source_ts) * 1000000)::bigint, _generation, _position, _step, _ruleset,
       _deleted_at is not null, _raw
from {table} where _key = any(%(keys)s::text[])

-- waiting --
-- Keys an open item explains: it is of a later version than the stored row, or there is no row.
select item.key from quarantine.item as item left join {table} as held on held._key = item.key
where item.dataset = %(dataset)s and item.status = 'open' and item.key = any(%(keys)s::text[])
and (held._key is null or (item.generation, item.position, item.step, item.ruleset)
    > (held._generation, held._position, held._step, held._ruleset))

-- emptied --
-- Keys that a TRUNCATE at the source removed: it waits, without a key, for a person's approval.
select held._key from {table} as held where held._key = any(%(keys)s::text[]) and exists (
    select from quarantine.item as item
    where item.dataset = %(dataset)s and item.status = 'open' and item.key is null and item.op = 't'
    and (item.generation, item.position, item.step) > (held._generation, held._position, held._step))

-- buckets --
-- One page of the table by key, summed by bucket; the line with bucket -1 says where the page ends.
-- 60 bits of the key's SHA-256 (the first ten name the bucket), combined with 60 of the row's hash.
with page as materialized (
    select _key, {settled} as counts, _hash,
           ('x' || substr(encode(sha256(convert_to(_key, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint as key60
    from {table} where _key > %(after)s order by _key limit %(rows)s
)
select (key60 >> 50)::int, count(*), sum(key60 # ('x' || substr(_hash, 1, 15))::bit(60)::bigint)::text
from page where counts group by 1
union all select -1, count(*), max(_key) from page

-- listed --
with page as materialized (
    select _key, {settled} as counts, _hash,
           ('x' || substr(encode(sha256(convert_to(_key, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint as key60
    from {table} where _key > %(after)s order by _key limit %(rows)s
)
select _key, _hash from page where counts and (key60 >> 50)::int = any(%(buckets)s)
union all select max(_key), null from page

-- settled --
-- Live, and no later than the place the source's log had when we began: the rest is moving, unless no log reaches it.
(_deleted_at is null and _hash is not null and not (
    _generation > %(generation)s
    or (_generation = %(generation)s and greatest(_position, {step}) > %(position)s
        and greatest(_position, {step}) <= %(end)s)))

-- versions --
select _key, _generation, _position, _step, _ruleset, _deleted_at is null, _flags, {columns}
from {table} where _key > %(after)s order by _key limit %(rows)s

-- wire_plain --
{column}

-- wire_date --
{column} - date '1970-01-01'

-- wire_timestamp --
(extract(epoch from {column}) * 1000000)::bigint

-- wire_decimal --
trim_scale({column})::text

-- hash --
-- SHA-256 of the canonical values as a compact JSON array, as streams takes it (streams/output.py).
encode(sha256(convert_to('[' || array_to_string(array[{values}], ',') || ']', 'UTF8')), 'hex')

-- json_text --
coalesce(to_json({column})::text, 'null')

-- json_plain --
coalesce({column}::text, 'null')

-- json_date --
coalesce(({column} - date '1970-01-01')::text, 'null')

-- json_timestamp --
coalesce(((extract(epoch from {column}) * 1000000)::bigint)::text, 'null')

-- json_decimal --
coalesce('"' || trim_scale({column})::text || '"', 'null')

-- record --
-- Append-only: what was proved stays said, whatever is found later.
insert into ledger.reconciliation (
    dataset, ruleset, started_at, source_position, rows, differs, older_ruleset, quarantined, moving, verified_through
) values (
    %(dataset)s, %(ruleset)s, %(started_at)s, %(source_position)s, %(rows)s, %(differs)s, %(older_ruleset)s,
    %(quarantined)s, %(moving)s, %(verified_through)s
)

-- last_verified --
select max(verified_through) from ledger.reconciliation where dataset = %(dataset)s
