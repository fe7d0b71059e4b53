-- list --
-- Keys are shown hashed: a key may be a register's number (invariant 6).
select id, dataset, key_hash, op, problems, owner_unit, status, opened_at, closed_at,
       raw_topic, raw_partition, raw_offset
from quarantine.item
where (%(dataset)s::text is null or dataset = %(dataset)s)
  and (%(status)s::text is null or status = %(status)s)
order by opened_at, id
limit %(limit)s

-- show --
select id, dataset, key_hash, op, problems, owner_unit, status, opened_at, closed_at, source_ts,
       generation, position, step, ruleset, raw_topic, raw_partition, raw_offset,
       reject_topic, reject_partition, reject_offset
from quarantine.item
where id = %(item)s
