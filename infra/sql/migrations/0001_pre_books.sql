-- The first books: what was delivered, how it was counted, and what was refused (DESIGN.md 5, 6).

revoke all on schema public from public;

create schema clean;
create schema quarantine;

-- Where each consumer goes on reading. `next` moves by compare-and-set in the transaction of the rows.
create table ledger.progress (
    consumer text not null,
    topic text not null,
    partition int not null,
    next bigint not null check (next >= 0),
    moved_at timestamptz not null default clock_timestamp(),
    primary key (consumer, topic, partition)
);

-- The highest raw offset whose result each partition has brought: a result at or below it is a repeat.
create table ledger.seen (
    consumer text not null,
    topic text not null,
    partition int not null,
    raw_topic text not null,
    raw_partition int not null,
    highest bigint not null,
    primary key (consumer, topic, partition, raw_topic, raw_partition)
);

-- Law 2, right side: how many raw records of a partition, judged so, ended in which way. A reject
-- that the source sent twice is replayed too, so the outcome alone does not say the verdict.
create table ledger.outcome (
    verdict text not null check (verdict in ('clean', 'reject')),
    raw_topic text not null,
    raw_partition int not null,
    outcome text not null check (outcome in ('applied', 'superseded', 'replayed', 'quarantined')),
    n bigint not null,
    primary key (verdict, raw_topic, raw_partition, outcome)
);

-- The same records by dataset, commune and window day (DOMAIN.md 11); they cannot be rebuilt later.
create table ledger.count (
    dataset text not null,
    scope text not null,
    day date not null,
    op text not null,
    outcome text not null,
    n bigint not null,
    primary key (dataset, scope, day, op, outcome)
);

-- What was refused. The payload stays in reject.*, at (reject_topic, reject_partition, reject_offset).
-- key and the order key are null where the envelope did not decode; such an item stands alone.
create table quarantine.item (
    id bigint generated always as identity primary key,
    dataset text not null,
    key text,
    key_hash text,
    op text,
    problems jsonb not null,
    owner_unit text not null,
    generation int,
    position bigint,
    step bigint,
    ruleset int,
    source_ts timestamptz,
    raw_topic text not null,
    raw_partition int not null,
    raw_offset bigint not null,
    reject_topic text not null,
    reject_partition int not null,
    reject_offset bigint not null,
    status text not null check (
        status in ('arriving', 'open', 'fixed_at_source', 'superseded', 'replayed', 'waived')
    ),
    opened_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz,
    closed_generation int,
    closed_position bigint,
    closed_step bigint,
    closed_ruleset int,
    check (key is null or (generation is not null and position is not null
        and step is not null and ruleset is not null)),
    check ((closed_at is null) = (status in ('arriving', 'open'))),
    unique (dataset, key, generation, position, step, ruleset)
);
-- One open item a key.
create unique index item_open on quarantine.item (dataset, key) where status = 'open' and key is not null;
create index item_status on quarantine.item (status, dataset, opened_at);
