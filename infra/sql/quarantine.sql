-- file --
-- The same change met twice (same key, same order key) is filed once; what is not returned was replayed.
insert into quarantine.item (
    dataset, key, key_hash, op, problems, owner_unit, generation, position, step, ruleset, source_ts,
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset, status
)
select dataset, key, encode(sha256(convert_to(key, 'UTF8')), 'hex'), op, problems, owner_unit,
    generation, position, step, ruleset, timestamptz 'epoch' + source_ts * interval '1 microsecond',
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset, 'arriving'
from jsonb_to_recordset(%(items)s::jsonb) as arriving (
    dataset text, key text, op text, problems jsonb, owner_unit text,
    generation int, position bigint, step bigint, ruleset int, source_ts bigint,
    raw_topic text, raw_partition int, raw_offset bigint,
    reject_topic text, reject_partition int, reject_offset bigint
)
on conflict (dataset, key, generation, position, step, ruleset) do nothing
returning raw_topic, raw_partition, raw_offset;

-- supersede --
-- Of the items of one key only the newest may be open, whatever the order they arrived in.
update quarantine.item as older set
    status = 'superseded', closed_at = clock_timestamp(),
    closed_generation = newest.generation, closed_position = newest.position,
    closed_step = newest.step, closed_ruleset = newest.ruleset
from (
    select distinct on (dataset, key) dataset, key, generation, position, step, ruleset
    from quarantine.item
    where (dataset, key) in (select * from unnest(%(datasets)s::text[], %(keys)s::text[]))
    order by dataset, key, generation desc, position desc, step desc, ruleset desc
) as newest
where older.dataset = newest.dataset and older.key = newest.key
and older.status in ('arriving', 'open')
and (older.generation, older.position, older.step, older.ruleset)
    < (newest.generation, newest.position, newest.step, newest.ruleset);

-- open --
update quarantine.item set status = 'open' where status = 'arriving';

-- close --
-- A comparison with the stored order keys, never an event: the order of arrival does not matter.
-- The same change under newer rules is a replay; a later change, or a delete, was made at the source.
update quarantine.item as item set
    status = case when (held._generation, held._position, held._step)
        = (item.generation, item.position, item.step) then 'replayed' else 'fixed_at_source' end,
    closed_at = clock_timestamp(),
    closed_generation = held._generation, closed_position = held._position,
    closed_step = held._step, closed_ruleset = held._ruleset
from {table} as held
where item.dataset = %(dataset)s and item.status = 'open' and item.key = held._key
and (held._generation, held._position, held._step, held._ruleset)
    > (item.generation, item.position, item.step, item.ruleset);
