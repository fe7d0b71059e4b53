-- file --
-- The same change met twice (same key, same order key) is filed once; what is not returned was replayed.
-- No rules refused it, the database did: `judged` 0, so that it may be sent again under the same rules.
insert into quarantine.item (
    dataset, key, key_hash, op, problems, owner_unit, generation, position, step, ruleset, source_ts,
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset, judged, status
)
select dataset, key, encode(sha256(convert_to(key, 'UTF8')), 'hex'), op, problems, owner_unit,
    generation, position, step, ruleset, timestamptz 'epoch' + source_ts * interval '1 microsecond',
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset, 0, 'arriving'
from jsonb_to_recordset(%(items)s::jsonb) as arriving (
    dataset text, key text, op text, problems jsonb, owner_unit text,
    generation int, position bigint, step bigint, ruleset int, source_ts bigint,
    raw_topic text, raw_partition int, raw_offset bigint,
    reject_topic text, reject_partition int, reject_offset bigint
)
on conflict do nothing
returning raw_topic, raw_partition, raw_offset;

-- file_kept --
-- As `file`, with what is known where there is no order key, and what is kept of the payload.
-- The same change met twice (same key, same order key) is filed once; what is not returned was replayed.
insert into quarantine.item (
    dataset, key, key_hash, op, problems, owner_unit, generation, position, step, ruleset, source_ts,
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset,
    named_key, raw_generation, judged, payload_bytes, status
)
select dataset, key, encode(sha256(convert_to(key, 'UTF8')), 'hex'), op, problems, owner_unit,
    generation, position, step, ruleset, timestamptz 'epoch' + source_ts * interval '1 microsecond',
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset,
    named_key, raw_generation, judged, payload_bytes, 'arriving'
from jsonb_to_recordset(%(items)s::jsonb) as arriving (
    dataset text, key text, op text, problems jsonb, owner_unit text,
    generation int, position bigint, step bigint, ruleset int, source_ts bigint,
    raw_topic text, raw_partition int, raw_offset bigint,
    reject_topic text, reject_partition int, reject_offset bigint,
    named_key text, raw_generation int, judged int, payload_bytes int
)
on conflict do nothing
returning id, raw_topic, raw_partition, raw_offset, coalesce(judged, 0);

-- keep --
insert into quarantine.payload (item, key_id, nonce, sealed)
select * from unnest(%(items)s::bigint[], %(key_ids)s::text[], %(nonces)s::bytea[], %(bodies)s::bytea[]);

-- supersede --
-- Of the items of one key only the newest may be open, whatever the order they arrived in.
-- `offset 0` here and below: looked up key by key, whatever the planner thinks of a table that grows.
update quarantine.item as item set
    status = 'superseded', closed_at = clock_timestamp(),
    closed_generation = older.generation, closed_position = older.position,
    closed_step = older.step, closed_ruleset = older.ruleset
from (select distinct * from unnest(%(datasets)s::text[], %(keys)s::text[])) as met (dataset, key)
cross join lateral (
    select generation, position, step, ruleset
    from quarantine.item where dataset = met.dataset and key = met.key
    order by generation desc, position desc, step desc, ruleset desc limit 1
) as newest
cross join lateral (
    select one.id, newest.* from quarantine.item as one
    where dataset = met.dataset and key = met.key and status in ('arriving', 'open')
    and (one.generation, one.position, one.step, one.ruleset)
        < (newest.generation, newest.position, newest.step, newest.ruleset)
    offset 0
) as older
where item.id = older.id;

-- supersede_nameless --
-- What has no order key is known by its raw record: of one raw record the newer rules count.
update quarantine.item as item set
    status = 'superseded', closed_at = clock_timestamp(),
    closed_generation = older.generation, closed_position = older.position,
    closed_step = older.step, closed_ruleset = older.ruleset
from (
    select * from unnest(%(raw_topics)s::text[], %(raw_partitions)s::int[], %(raw_offsets)s::bigint[])
) as met (topic, partition, place)
cross join lateral (
    select coalesce(judged, 0) as judged, generation, position, step, ruleset
    from quarantine.item
    where raw_topic = met.topic and raw_partition = met.partition and raw_offset = met.place
    order by coalesce(judged, 0) desc limit 1
) as newest
cross join lateral (
    select one.id, newest.* from quarantine.item as one
    where raw_topic = met.topic and raw_partition = met.partition and raw_offset = met.place
    and key is null and op is distinct from 't' and status in ('arriving', 'open')
    and coalesce(one.judged, 0) < newest.judged
    offset 0
) as older
where item.id = older.id;

-- supersede_named --
-- And by the row that the record's key names: of one row the later record of its raw partition counts.
update quarantine.item as item set
    status = 'superseded', closed_at = clock_timestamp(),
    closed_generation = older.generation, closed_position = older.position,
    closed_step = older.step, closed_ruleset = older.ruleset
from (
    select distinct waiting.*
    from (select distinct * from unnest(%(datasets)s::text[], %(keys)s::text[])) as met (dataset, key)
    cross join lateral (
        select dataset, named_key, raw_topic, raw_partition from quarantine.item
        where dataset = met.dataset and named_key = met.key
        and key is null and op is distinct from 't' and status in ('arriving', 'open')
        offset 0
    ) as waiting
) as met (dataset, key, topic, partition)
cross join lateral (
    select raw_offset, generation, position, step, ruleset from quarantine.item
    where dataset = met.dataset and (key = met.key or (key is null and named_key = met.key))
    and raw_topic = met.topic and raw_partition = met.partition
    order by raw_offset desc limit 1
) as newest
cross join lateral (
    select one.id, newest.* from quarantine.item as one
    where dataset = met.dataset and named_key = met.key
    and raw_topic = met.topic and raw_partition = met.partition
    and key is null and op is distinct from 't' and status in ('arriving', 'open')
    and one.raw_offset < newest.raw_offset
    offset 0
) as older
where item.id = older.id;

-- open --
update quarantine.item set status = 'open' where status = 'arriving';

-- waiting --
select dataset from unnest(%(datasets)s::text[]) as known (dataset)
where exists (select from quarantine.item as item where item.status = 'open' and item.dataset = known.dataset);

-- close --
-- A comparison with the stored order keys, never an event: the order of arrival does not matter.
-- The same change under newer rules, or one the database had refused, is a replay; a later change, or
-- a delete, was made at the source, and what had been replayed meanwhile was superseded by it.
-- A flush looks at what is arriving, a beat at all that is open: a flush that did would cost more with
-- every item that waits for a person.
update quarantine.item as item set
    status = case when (held._generation, held._position, held._step)
        = (item.generation, item.position, item.step) then 'replayed'
        when item.asked_at is not null then 'released_superseded' else 'fixed_at_source' end,
    closed_at = clock_timestamp(),
    closed_generation = held._generation, closed_position = held._position,
    closed_step = held._step, closed_ruleset = held._ruleset
from {table} as held
where item.dataset = %(dataset)s and item.status = {status} and item.key = held._key
and (held._generation, held._position, held._step, held._ruleset)
    >= (item.generation, item.position, item.step, item.ruleset);

-- close_named --
-- Without an order key the raw partition decides: it holds the changes of one row in their order.
update quarantine.item as item set
    status = case when held_offset = item.raw_offset then 'replayed'
        when item.asked_at is not null then 'released_superseded' else 'fixed_at_source' end,
    closed_at = clock_timestamp(),
    closed_generation = held._generation, closed_position = held._position,
    closed_step = held._step, closed_ruleset = held._ruleset
from {table} as held, cast(substring(held._raw from '[0-9]+$') as bigint) as held_offset
where item.dataset = %(dataset)s and item.status = {status} and item.key is null
and item.named_key = held._key
and starts_with(held._raw, item.raw_topic || ':' || item.raw_partition || ':')
and held_offset >= item.raw_offset;
