-- What `suoi run metrics` reads of the province: sums only, no key and no value of a row.

-- outcomes --
-- A later verdict moves a record from quarantined to another outcome; what was moved is added back,
-- so that none of these ever falls.
with ended as (
    select raw_topic, outcome, sum(n) as n from ledger.outcome group by raw_topic, outcome
), moved as (
    select raw_topic, 'quarantined' as outcome, count(*) as n from ledger.refused
    where moved is not null group by raw_topic
)
select raw_topic, outcome, sum(n)::float8
from (select * from ended union all select * from moved) as counted
group by raw_topic, outcome;

-- open_items --
select dataset, count(*)::float8,
       extract(epoch from clock_timestamp() - min(opened_at))::float8
from quarantine.item where status = 'open' group by dataset;

-- open_codes --
-- The class of a code is what stands before its dot: field, code, id, date …
select dataset, class, count(*)::float8
from (
    select distinct id, dataset, split_part(problem ->> 'code', '.', 1) as class
    from quarantine.item cross join lateral jsonb_array_elements(problems) as problem
    where status = 'open'
) as named
group by dataset, class;

-- receipts --
select unit, count(*)::float8, extract(epoch from max(stored_at))::float8
from ledger.receipt group by unit;
