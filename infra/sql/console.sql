-- waiting --
-- Open items by dataset, and by each of their causes; an item with two causes stands under both.
select item.dataset, item.owner_unit, problem ->> 'code', count(distinct item.id), min(item.opened_at)
from quarantine.item as item, jsonb_array_elements(item.problems) as problem
where item.status = 'open'
group by grouping sets ((item.dataset, item.owner_unit), (item.dataset, item.owner_unit, problem ->> 'code'));

-- items --
-- Keys are shown hashed: a key may be a register's number (invariant 6).
select id, dataset, key_hash, op, problems, owner_unit, status, opened_at, closed_at,
    raw_topic, raw_partition, raw_offset, asked_at
from quarantine.item
where id > %(after)s and status = any(%(statuses)s::text[])
and (%(unit)s::text is null or owner_unit = %(unit)s)
and (%(dataset)s::text is null or dataset = %(dataset)s)
and (%(code)s::text is null or problems @> jsonb_build_array(jsonb_build_object('code', %(code)s::text)))
order by id limit %(most)s;

-- item --
select id, dataset, key_hash, op, problems, owner_unit, status, opened_at, closed_at,
    raw_topic, raw_partition, raw_offset, asked_at
from quarantine.item
where id = %(item)s and (%(unit)s::text is null or owner_unit = %(unit)s);

-- history --
select at, action, by_user, reason, approver from quarantine.audit where item = %(item)s order by id;
