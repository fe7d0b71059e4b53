-- The book of obligations (docs/obligations.md): what people signed, and how each duty ended. Added
-- to; never changed and never removed.

-- The first day whose duties the book holds: what was due before nobody judged.
create table ledger.obligation_begin (
    one boolean primary key default true check (one),
    day date not null,
    begun_at timestamptz not null default clock_timestamp()
);

-- Signed words of people: exemptions, attestations, corrections, overrides. scope * is the whole
-- dataset; the days are those it speaks for, both included.
create table ledger.obligation_paper (
    id bigint generated always as identity primary key,
    act text not null check (act in ('exempt', 'attest', 'withdraw', 'correct', 'override')),
    unit text not null,
    dataset text not null,
    scope text not null,
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    key text not null,
    document text not null,
    sha256 text not null unique check (sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')),
    stored_at timestamptz not null default clock_timestamp()
);
create index obligation_paper_days on ledger.obligation_paper (dataset, first_day, last_day);

create table ledger.obligation (
    id bigint generated always as identity primary key,
    unit text not null,
    dataset text not null,
    scope text not null,
    due timestamptz not null,
    kind text not null check (kind in ('opened', 'alert', 'verdict', 'correction', 'override')),
    status text check (status in (
        'PENDING', 'MET_CHANGED', 'MET_NO_CHANGE', 'MET_NIL_ATTESTED', 'PARTIAL', 'LATE', 'MISSED',
        'BLOCKED', 'EXEMPT'
    )),
    cause text check (cause in (
        'BLOCKED_MINISTRY', 'TECHNICAL', 'VOLUME', 'STRUCTURE_NOT_UNIFIED', 'UNIT_NOT_UPDATED',
        'MISSING_MANDATORY', 'NOT_STANDARDISED'
    )),
    evidence jsonb not null,
    -- The entry that a correction takes the place of, or whose cause an override stands beside.
    names bigint,
    paper bigint references ledger.obligation_paper,
    judged_at timestamptz not null default clock_timestamp(),
    unique (id, unit, dataset, scope, due),
    foreign key (names, unit, dataset, scope, due)
        references ledger.obligation (id, unit, dataset, scope, due),
    check (names < id),
    check ((kind in ('correction', 'override')) = (names is not null)),
    check ((names is null) = (paper is null)),
    check ((kind = 'override') = (status is null)),
    check ((kind in ('opened', 'alert')) = (coalesce(status, '') = 'PENDING')),
    -- What is late has a cause, what is met has none; who corrects may know none.
    check (kind = 'correction' or (cause is not null) = (
        kind in ('alert', 'override') or status in ('PARTIAL', 'LATE', 'MISSED', 'BLOCKED')
    ))
);
-- A duty is opened at its deadline, told of once and judged once, whoever judges and however often
-- (invariant 3).
create unique index obligation_opened on ledger.obligation (due, dataset, scope, unit)
    where kind = 'opened';
create unique index obligation_verdict on ledger.obligation (due, dataset, scope, unit)
    where kind = 'verdict';
create unique index obligation_alert on ledger.obligation (due, dataset, scope, unit)
    where kind = 'alert';
-- An entry is corrected once; the correction may be corrected in its turn.
create unique index obligation_corrected on ledger.obligation (names) where kind = 'correction';
create index obligation_named on ledger.obligation (names) where names is not null;
create index obligation_dataset on ledger.obligation (dataset, due);

create function ledger.refuse_obligation_change() returns trigger language plpgsql as $$
begin
    raise exception 'the book of obligations is never changed; add an entry that names the old one'
        using errcode = 'restrict_violation';
end
$$;
create trigger obligation_stands before update or delete or truncate on ledger.obligation
    for each statement execute function ledger.refuse_obligation_change();
create trigger obligation_paper_stands before update or delete or truncate
    on ledger.obligation_paper
    for each statement execute function ledger.refuse_obligation_change();
create trigger obligation_begin_stands before update or delete or truncate
    on ledger.obligation_begin
    for each statement execute function ledger.refuse_obligation_change();
revoke all on ledger.obligation, ledger.obligation_paper, ledger.obligation_begin from public;

-- What was refused is asked for by window day.
create index refused_day on ledger.refused (dataset, day);
