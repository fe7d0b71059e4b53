-- What the demonstration asks of the province, as a reader.

-- row --
select {columns} from {table} where _key = %(key)s and _deleted_at is null

-- item --
select status, problems from quarantine.item
where dataset = %(dataset)s and key = %(key)s order by id desc limit 1

-- reasons --
select item.dataset, problem ->> 'code' as code, count(*)
from quarantine.item, jsonb_array_elements(item.problems) as problem
where item.status = 'open' and problem ->> 'severity' = 'reject'
group by 1, 2 order by 3 desc, 2

-- visible --
select {tag} as dataset, _key from {table} where _key = any({keys}) and _deleted_at is null
