-- Findings: what the rules that need other rows say of groups of live rows (DESIGN.md 4).
-- Everything here follows from clean.* and may be made anew from it at any time.

-- One line a rule in force, as the code and the contracts say it; the finder keeps it so.
create table quarantine.rule (
    id smallint generated always as identity primary key,
    name text not null unique,
    dataset text not null,
    reason text not null,
    field text not null,
    owner_unit text not null,
    message text not null
);

-- One line for each dataset that a rule looks at. Equal rows contradict each other; a subject
-- contradicts a limit that its measure has passed.
create table quarantine.side (
    id smallint generated always as identity primary key,
    rule smallint not null references quarantine.rule,
    dataset text not null,
    role text not null check (role in ('equal', 'subject', 'limit')),
    unique (rule, dataset, role)
);

-- Which live row is in which group. grp is a digest of the rule's name and the values that are
-- shared: one row of a group says nothing of them (invariant 6).
create table quarantine.member (
    side smallint not null,
    key text collate "C" not null,
    grp uuid not null,
    event_date date not null,
    measure date,
    primary key (side, key, grp)
);
create index member_group on quarantine.member (grp);

-- One line a group that was ever found; keys in the order of (event_date, key).
create table quarantine.finding (
    id bigint generated always as identity primary key,
    rule smallint not null references quarantine.rule,
    grp uuid not null unique,
    datasets text[] not null,
    keys text[] not null,
    event_dates date[] not null,
    status text not null check (status in ('open', 'closed')),
    opened_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz,
    check ((closed_at is null) = (status = 'open'))
);
create index finding_status on quarantine.finding (status, rule);

-- How far each partition of clean.* was looked at. Not in ledger.progress: there a partition has one
-- line, that of the sink which delivers it.
create table quarantine.followed (
    topic text not null,
    partition int not null,
    next bigint not null check (next >= 0),
    looked_at timestamptz not null default clock_timestamp(),
    primary key (topic, partition)
);

-- The rules by which each dataset was judged whole; while refill_after is not null its table is being
-- read again from there.
create table quarantine.judged (
    dataset text primary key,
    fingerprint text not null,
    refill_after text collate "C"
);
