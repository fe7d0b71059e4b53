-- refuse --
-- A record counted as quarantined for the first time. Where its second verdict came first, it moves
-- at once. Ordered, so that two sinks never wait for each other in a circle; the one that meets the
-- other's line waits for its COMMIT and then sees it (invariant 2).
insert into ledger.refused as held (
    raw_topic, raw_partition, raw_offset, verdict, dataset, scope, day, op
)
select topic, number, "offset", %(verdict)s, dataset, scope, date '1970-01-01' + day, op
from unnest(
    %(topics)s::text[], %(numbers)s::int[], %(offsets)s::bigint[], %(datasets)s::text[],
    %(scopes)s::text[], %(days)s::int[], %(ops)s::text[]
) as refused (topic, number, "offset", dataset, scope, day, op)
order by topic, number, "offset"
on conflict (raw_topic, raw_partition, raw_offset) do update set
    verdict = excluded.verdict, dataset = excluded.dataset, scope = excluded.scope,
    day = excluded.day, op = excluded.op, moved = held.awaits
where held.verdict is null
returning raw_topic, raw_partition, verdict, dataset, scope, day, op,
    moved, awaits_scope, awaits_day, awaits_op

-- forget_awaited --
-- Below what quarantine has met of a stream no first reject can come any more: the first verdict
-- of these was another, and there is nothing to move.
delete from ledger.refused as held using ledger.seen as met
where held.verdict is null and met.consumer = 'quarantine' and met.raw_topic = held.raw_topic
and met.raw_partition = held.raw_partition and met.partition = held.raw_partition
and held.raw_offset <= met.highest;

-- move --
-- A second verdict moves its record once, whatever is replayed or killed (invariants 2, 3). Where
-- its first one may still come to quarantine, it is left for that transaction to move.
insert into ledger.refused as held (
    raw_topic, raw_partition, raw_offset, dataset, awaits, awaits_scope, awaits_day, awaits_op
)
select topic, number, "offset", dataset, outcome, scope, date '1970-01-01' + day, op
from unnest(
    %(topics)s::text[], %(numbers)s::int[], %(offsets)s::bigint[], %(datasets)s::text[],
    %(outcomes)s::text[], %(scopes)s::text[], %(days)s::int[], %(ops)s::text[]
) as again (topic, number, "offset", dataset, outcome, scope, day, op)
where exists (
    select from ledger.refused as known
    where (known.raw_topic, known.raw_partition, known.raw_offset) = (topic, number, "offset")
) or not exists (
    select from ledger.seen as met
    where met.consumer = 'quarantine' and met.raw_topic = again.topic
    and met.raw_partition = again.number and met.partition = again.number
    and met.highest >= again."offset"
)
order by topic, number, "offset"
on conflict (raw_topic, raw_partition, raw_offset) do update set
    moved = excluded.awaits, awaits_scope = excluded.awaits_scope,
    awaits_day = excluded.awaits_day, awaits_op = excluded.awaits_op
where held.verdict is not null and held.moved is null
returning raw_topic, raw_partition, verdict, dataset, scope, day, op,
    moved, awaits_scope, awaits_day, awaits_op

-- shift --
-- What the lines of `refuse` or `move` say: one less quarantined, one more of what it became. A line
-- whose commune is unknown (filed before there were lines) moves its sum alone.
with line as ({lines}), sums as (
    insert into ledger.outcome as held (verdict, raw_topic, raw_partition, outcome, n)
    select line.verdict, line.raw_topic, line.raw_partition, ended.outcome, sum(ended.n)
    from line cross join lateral (values ('quarantined', -1), (line.moved, 1)) as ended (outcome, n)
    where line.moved is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (verdict, raw_topic, raw_partition, outcome) do update set n = held.n + excluded.n
)
insert into ledger.count as held (dataset, scope, day, op, outcome, n)
select line.dataset, ended.scope, ended.day, ended.op, ended.outcome, sum(ended.n)
from line cross join lateral (values
    (line.scope, line.day, line.op, 'quarantined', -1),
    (line.awaits_scope, line.awaits_day, line.awaits_op, line.moved, 1)
) as ended (scope, day, op, outcome, n)
where line.moved is not null and line.scope is not null group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
on conflict (dataset, scope, day, op, outcome) do update set n = held.n + excluded.n;
