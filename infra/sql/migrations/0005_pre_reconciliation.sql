-- What each `suoi reconcile` found: until when source and target were proved equal (DESIGN.md 6).
create table ledger.reconciliation (
    id bigint generated always as identity primary key,
    dataset text not null,
    ruleset int not null,
    started_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    source_position bigint not null,
    rows bigint not null,
    differs bigint not null,
    older_ruleset bigint not null,
    quarantined bigint not null,
    moving bigint not null,
    -- Null: not proved. Equality is never claimed beside a difference.
    verified_through timestamptz,
    check (verified_through is null or differs = 0)
);
create index reconciliation_verified on ledger.reconciliation (dataset, verified_through);
