-- clean --
-- Keys whose newest version is clean: stored, not deleted, and nothing newer of them is refused.
select count(*) from {table} as held
where held._deleted_at is null and not exists (
    select 1 from quarantine.item
    where dataset = %(dataset)s and status = 'open' and key = held._key
);

-- refused --
-- Rows that wait in quarantine; those of them that lack something mandatory; holes in all of them.
select
    count(*),
    count(*) filter (where problems @? '$[*].code ? (@ starts with "field.missing" || @ == "rule.all_or_nothing")'),
    coalesce(sum(jsonb_array_length(jsonb_path_query_array(
        problems, '$[*] ? (@.code == "field.missing" || @.code == "schema.missing_field")'
    ))), 0)
from quarantine.item
where dataset = %(dataset)s and status = 'open';
