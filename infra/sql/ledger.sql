-- put_out_frozen --
select pg_terminate_backend(pid) from pg_stat_activity
where usename = current_user and pid <> pg_backend_pid()
and xact_start < clock_timestamp()
    - greatest(current_setting('idle_in_transaction_session_timeout')::interval, interval '1 second');

-- begin --
-- A partition met for the first time starts at its low; a known one keeps its place.
-- Known ones are left out first: ON CONFLICT would wait for an owner frozen in its transaction.
insert into ledger.progress (consumer, topic, partition, next)
select %(consumer)s, * from unnest(%(topics)s::text[], %(partitions)s::int[], %(lows)s::bigint[])
    as new (topic, partition, low)
where (new.topic, new.partition) not in (
    select topic, partition from ledger.progress where consumer = %(consumer)s
)
on conflict do nothing;

-- places --
select topic, partition, next from ledger.progress
where consumer = %(consumer)s
and (topic, partition) in (select * from unnest(%(topics)s::text[], %(partitions)s::int[]));

-- move --
-- Compare and set: a partition that another owner has moved is not returned (invariants 1, 3).
update ledger.progress as held set next = wanted.next, moved_at = clock_timestamp()
from unnest(%(topics)s::text[], %(partitions)s::int[], %(starts)s::bigint[], %(nexts)s::bigint[])
    as wanted (topic, partition, start, next)
where held.consumer = %(consumer)s and held.topic = wanted.topic
and held.partition = wanted.partition and held.next = wanted.start
returning held.topic, held.partition;

-- seen --
select topic, partition, raw_topic, raw_partition, highest from ledger.seen
where consumer = %(consumer)s
and (topic, partition) in (select * from unnest(%(topics)s::text[], %(partitions)s::int[]));

-- see --
insert into ledger.seen as held (consumer, topic, partition, raw_topic, raw_partition, highest)
select %(consumer)s, * from unnest(
    %(topics)s::text[], %(partitions)s::int[],
    %(raw_topics)s::text[], %(raw_partitions)s::int[], %(highest)s::bigint[]
)
on conflict (consumer, topic, partition, raw_topic, raw_partition)
do update set highest = greatest(held.highest, excluded.highest);

-- add_outcomes --
-- Ordered, so that two sinks never wait for each other in a circle.
insert into ledger.outcome as held (verdict, raw_topic, raw_partition, outcome, n)
select %(verdict)s, * from unnest(
    %(topics)s::text[], %(partitions)s::int[], %(outcomes)s::text[], %(ns)s::bigint[]
) as added order by 2, 3, 4
on conflict (verdict, raw_topic, raw_partition, outcome) do update set n = held.n + excluded.n;

-- add_counts --
insert into ledger.count as held (dataset, scope, day, op, outcome, n)
select dataset, scope, date '1970-01-01' + day, op, outcome, n from unnest(
    %(datasets)s::text[], %(scopes)s::text[], %(days)s::int[],
    %(ops)s::text[], %(outcomes)s::text[], %(ns)s::bigint[]
) as added (dataset, scope, day, op, outcome, n) order by 1, 2, 3, 4, 5
on conflict (dataset, scope, day, op, outcome) do update set n = held.n + excluded.n;
