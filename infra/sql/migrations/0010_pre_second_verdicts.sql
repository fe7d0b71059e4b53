-- Second verdicts (docs/decisions: a-second-verdict-moves-once): one line a raw record that was
-- counted as quarantined, and whether a later verdict has moved it since.
--
-- `awaits` without `verdict`: the second verdict was delivered before the first one was filed.
create table ledger.refused (
    raw_topic text not null,
    raw_partition int not null,
    raw_offset bigint not null,
    verdict text check (verdict in ('clean', 'reject')),
    dataset text not null,
    scope text,
    day date,
    op text,
    moved text check (moved in ('applied', 'superseded')),
    awaits text check (awaits in ('applied', 'superseded')),
    awaits_scope text,
    awaits_day date,
    awaits_op text,
    primary key (raw_topic, raw_partition, raw_offset),
    check (verdict is not null or awaits is not null),
    check (moved is null or verdict is not null)
);
create index refused_awaited on ledger.refused (raw_topic, raw_partition, raw_offset)
    where verdict is null;

-- What was filed before there was this table may move too; its commune is not known any more.
insert into ledger.refused (raw_topic, raw_partition, raw_offset, verdict, dataset, day, op)
select distinct on (raw_topic, raw_partition, raw_offset)
    raw_topic, raw_partition, raw_offset, 'reject', dataset,
    ((coalesce(source_ts, opened_at) at time zone 'UTC' - interval '10 hours 1 microsecond')::date + 1),
    coalesce(op, 'unknown')
from quarantine.item;
