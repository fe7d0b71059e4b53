-- What people had done to clean rows without a raw cause: outside the sum of law 2, and kept for good.
-- Each tombstone of an operation carries its id (header suoi.operated); no value of a row stands here.
create table ledger.operation (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('sweep')),
    dataset text not null,
    source text not null,
    generation int not null,
    rows bigint not null check (rows >= 0),
    by_whom text not null,
    reason text not null,
    begun_at timestamptz not null default clock_timestamp(),
    done_at timestamptz
);
