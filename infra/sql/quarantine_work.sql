-- note --
insert into quarantine.audit (item, action, by_user, reason, approver, facts)
values (%(item)s, %(action)s, %(by_user)s, %(reason)s, %(approver)s, %(facts)s::jsonb)
returning id;

-- find --
-- One item, with what its payload is sealed for and where it lies.
select item.id, item.dataset, item.op, item.status, item.generation, item.position, item.step,
    item.ruleset, coalesce(item.generation, item.raw_generation),
    coalesce(item.judged, item.ruleset, 0),
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset,
    key_id, nonce, sealed, (extract(epoch from item.source_ts) * 1000000)::bigint
from quarantine.item as item left join quarantine.payload as payload on payload.item = item.id
where item.id = %(item)s;

-- waive --
update quarantine.item set status = 'waived', closed_at = clock_timestamp()
where id = %(item)s and status = 'open';

-- candidates --
-- Open items that were refused under older rules than those in force. What was handed over under
-- these rules a moment ago is under way; what is still open a minute later is handed over again.
select item.id, item.dataset, item.op, item.status, item.generation, item.position, item.step,
    item.ruleset, coalesce(item.generation, item.raw_generation),
    coalesce(item.judged, item.ruleset, 0),
    raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset,
    key_id, nonce, sealed, (extract(epoch from item.source_ts) * 1000000)::bigint
from quarantine.item as item left join quarantine.payload as payload on payload.item = item.id
join unnest(%(datasets)s::text[], %(rulesets)s::int[]) as law (dataset, ruleset)
    on law.dataset = item.dataset
where item.status = 'open' and item.op is distinct from 't' and item.id > %(after)s
and (%(ids)s::bigint[] is null or item.id = any(%(ids)s::bigint[]))
and (%(code)s::text is null or item.problems @> jsonb_build_array(jsonb_build_object('code', %(code)s::text)))
and coalesce(item.judged, item.ruleset, 0) < law.ruleset
and (%(ids)s::bigint[] is not null or %(asked)s or item.asked_at is null
    or item.asked_ruleset is distinct from law.ruleset
    or item.asked_at < clock_timestamp() - interval '1 minute')
and not exists (  -- its row may have been emptied: a person decides about that first
    select from quarantine.item as truncate
    where truncate.dataset = item.dataset and truncate.op = 't' and truncate.status in ('open', 'approved')
    and (truncate.generation, truncate.position, truncate.step)
        > (item.generation, item.position, item.step)
)
order by item.id limit %(most)s;

-- before_truncate --
select count(*) from quarantine.item as item
join unnest(%(datasets)s::text[], %(rulesets)s::int[]) as law (dataset, ruleset)
    on law.dataset = item.dataset
where item.status = 'open' and item.op is distinct from 't'
and (%(ids)s::bigint[] is null or item.id = any(%(ids)s::bigint[]))
and (%(code)s::text is null or item.problems @> jsonb_build_array(jsonb_build_object('code', %(code)s::text)))
and coalesce(item.judged, item.ruleset, 0) < law.ruleset
and exists (
    select from quarantine.item as truncate
    where truncate.dataset = item.dataset and truncate.op = 't' and truncate.status in ('open', 'approved')
    and (truncate.generation, truncate.position, truncate.step)
        > (item.generation, item.position, item.step)
);

-- same_rules --
select count(*) from quarantine.item as item
join unnest(%(datasets)s::text[], %(rulesets)s::int[]) as law (dataset, ruleset)
    on law.dataset = item.dataset
where item.status = 'open' and item.op is distinct from 't'
and (%(ids)s::bigint[] is null or item.id = any(%(ids)s::bigint[]))
and (%(code)s::text is null or item.problems @> jsonb_build_array(jsonb_build_object('code', %(code)s::text)))
and coalesce(item.judged, item.ruleset, 0) >= law.ruleset;

-- under_way --
select count(*) from quarantine.item as item
join unnest(%(datasets)s::text[], %(rulesets)s::int[]) as law (dataset, ruleset)
    on law.dataset = item.dataset and item.asked_ruleset = law.ruleset
where item.status = 'open' and item.asked_at >= clock_timestamp() - interval '1 minute'
and (%(code)s::text is null or item.problems @> jsonb_build_array(jsonb_build_object('code', %(code)s::text)));

-- behind --
-- Items whose row is newer already: replayed, they could only lose.
select item.id from quarantine.item as item join {table} as held
    on held._key = coalesce(item.key, item.named_key)
where item.id = any(%(ids)s) and item.status = 'open' and (
    (held._generation, held._position, held._step) > (item.generation, item.position, item.step)
    or (item.key is null and starts_with(held._raw, item.raw_topic || ':' || item.raw_partition || ':')
        and cast(substring(held._raw from '[0-9]+$') as bigint) > item.raw_offset)
);

-- release --
update quarantine.item as item set
    status = 'released_superseded', closed_at = clock_timestamp(),
    closed_generation = held._generation, closed_position = held._position,
    closed_step = held._step, closed_ruleset = held._ruleset
from {table} as held
where item.id = any(%(ids)s) and item.status = 'open' and held._key = coalesce(item.key, item.named_key);

-- asked --
update quarantine.item set asked_at = clock_timestamp(), asked_ruleset = %(ruleset)s
where id = any(%(ids)s) and status = 'open';

-- would_remove --
-- Live rows that are older than a truncate: those it emptied at the source.
select count(*) from {table} where _deleted_at is null
and (_generation, _position, _step) < (%(generation)s, %(position)s, %(step)s);

-- to_remove --
select _key from {table} where _deleted_at is null and _key > %(after)s
and (_generation, _position, _step) < (%(generation)s, %(position)s, %(step)s)
order by _key limit %(most)s;

-- delivered --
select partition, next from ledger.progress where consumer = 'province' and topic = %(topic)s;

-- approve --
update quarantine.item set status = 'approved', closed_at = clock_timestamp()
where id = %(item)s and status = 'open';

-- close_emptied --
-- What was refused of the table before it was emptied is gone at its source too.
update quarantine.item set
    status = 'fixed_at_source', closed_at = clock_timestamp(), closed_generation = %(generation)s,
    closed_position = %(position)s, closed_step = %(step)s, closed_ruleset = %(ruleset)s
where dataset = %(dataset)s and status = 'open' and (key is not null or op = 't')
and (generation, position, step) < (%(generation)s, %(position)s, %(step)s);
