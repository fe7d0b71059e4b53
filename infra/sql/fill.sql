-- lock --
-- Held to the end of the session: two fills of one dataset would send everything twice.
select pg_try_advisory_lock(hashtext('suoi.fill'), hashtext(%(dataset)s));

-- lacking --
-- Rows, deleted ones too, that were last written to another version of the topic.
select count(*) from {table} where coalesce(_at, '') not like %(there)s;

-- page --
select {wire} from {table}
where _key > %(after)s and coalesce(_at, '') not like %(there)s
order by _key limit %(most)s;

-- refused --
-- The newest refused version of each row that has one newer than the row.
select distinct on (item.key)
    item.key, item.generation, item.position, item.step, item.ruleset,
    (extract(epoch from item.source_ts) * 1000000)::int8
from quarantine.item as item join {table} as held on held._key = item.key
where item.dataset = %(dataset)s and item.key = any(%(keys)s)
and (item.generation, item.position, item.step, item.ruleset)
    > (held._generation, held._position, held._step, held._ruleset)
order by item.key, item.generation desc, item.position desc, item.step desc, item.ruleset desc;

-- settle --
-- A row that the sink has written since keeps its place; one that it holds now waits for the next
-- pass, so that the sink never waits for us in a circle.
with copied as (
    select held._key, new.at
    from unnest(%(keys)s::text[], %(before)s::text[], %(places)s::text[]) as new (key, before, at)
    join {table} as held on held._key = new.key and held._at is not distinct from new.before
    for update of held skip locked
)
update {table} as held set _at = copied.at from copied where held._key = copied._key;

-- taken --
-- The provincial sink reads clean, quarantine reads reject: each topic has one of them.
select topic, partition, next from ledger.progress
where consumer in ('province', 'quarantine') and topic = any(%(topics)s);
