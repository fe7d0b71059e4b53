-- arrived --
-- Rows of some window days by commune. A load (op r) is never an event (DOMAIN.md 11), and what the
-- source sent twice (replayed) is none either.
select scope, sum(n)::bigint from ledger.count
where dataset = %(dataset)s and day > %(after)s and day <= %(through)s
and op in ('c', 'u', 'd') and outcome in ('applied', 'superseded')
group by scope having sum(n) <> 0;

-- refused --
-- Records of those days that stand refused at a moment: neither corrected, nor replayed, nor waived
-- by then. One open item a key: of a row that was refused twice the newest counts.
select held.scope, count(*),
    count(*) filter (where item.problems
        @? '$[*].code ? (@ starts with "field.missing" || @ == "rule.all_or_nothing")')
from ledger.refused as held left join quarantine.item as item
    on (item.raw_topic, item.raw_partition, item.raw_offset)
        = (held.raw_topic, held.raw_partition, held.raw_offset)
where held.dataset = %(dataset)s and held.day > %(after)s and held.day <= %(through)s
and held.op in ('c', 'u', 'd') and held.verdict is not null and held.moved is null
and (item.closed_at is null or item.closed_at > %(at)s)
group by held.scope;

-- reasons --
-- The same records by field and code: names only (invariant 6).
select held.scope, problem ->> 'field', problem ->> 'code', count(*)
from ledger.refused as held join quarantine.item as item
    on (item.raw_topic, item.raw_partition, item.raw_offset)
        = (held.raw_topic, held.raw_partition, held.raw_offset),
    jsonb_array_elements(item.problems) as problem
where held.dataset = %(dataset)s and held.day > %(after)s and held.day <= %(through)s
and held.op in ('c', 'u', 'd') and held.verdict is not null and held.moved is null
and (item.closed_at is null or item.closed_at > %(at)s)
group by 1, 2, 3;

-- last_events --
select scope, max(day) from ledger.count
where dataset = %(dataset)s and day <= %(through)s and op in ('c', 'u', 'd')
and outcome in ('applied', 'superseded', 'quarantined') and n > 0
group by scope;

-- attested --
-- Who said that nothing happened, for one day and register; a row with huy takes it back.
select ma_xa, _source_ts from clean.tp_xac_nhan
where _deleted_at is null and not huy and ngay = %(day)s and loai_so = %(register)s;

-- reconciled --
-- Datasets whose source and target were once proved equal.
select distinct dataset from ledger.reconciliation where verified_through is not null;
