-- progress --
-- Other consumers of clean (findings, exchange) keep their places here too: the books are of two.
select topic, partition, next from ledger.progress where consumer in ('province', 'quarantine');

-- seen --
select topic, partition, raw_topic, raw_partition, highest from ledger.seen
where consumer in ('province', 'quarantine');

-- outcomes --
select raw_topic, raw_partition, verdict, outcome, n from ledger.outcome;

-- places --
-- Of every consumer, for its lag; the finder's stand beside its findings.
select consumer, topic, partition, next from ledger.progress
union all select 'findings', topic, partition, next from quarantine.followed;
