-- list --
-- Keys are shown hashed: a key may be a register's number (invariant 6).
select id, dataset, key_hash, op, problems, owner_unit, status, opened_at, closed_at,
       raw_topic, raw_partition, raw_offset, generation, position, step, ruleset, asked_at,
       extract(epoch from clock_timestamp() - opened_at)::float8 as age_seconds
from quarantine.item
where (%(dataset)s::text is null or dataset = %(dataset)s)
  and (%(status)s::text is null or status = %(status)s)
order by opened_at, id
limit %(limit)s

-- show --
select id, dataset, key_hash, op, problems, owner_unit, status, opened_at, closed_at, source_ts,
       generation, position, step, ruleset, raw_topic, raw_partition, raw_offset,
       reject_topic, reject_partition, reject_offset, payload_bytes, asked_at, asked_ruleset,
       extract(epoch from clock_timestamp() - opened_at)::float8 as age_seconds
from quarantine.item
where id = %(item)s

-- history --
select id, at, action, by_user, by_role, reason, approver, facts
from quarantine.audit where item = %(item)s order by id
