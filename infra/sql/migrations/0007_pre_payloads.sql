-- The quarantine keeps what was refused, sealed, and writes down who opened it (docs/quarantine.md).

alter table quarantine.item
    -- The row the record's own key names, where the envelope gave no order key (`key` is null).
    add column named_key text,
    -- Of every reject, also where there is no order key: generation and ruleset of the judgement.
    add column raw_generation int,
    add column judged int,
    add column payload_bytes int;
create index item_named on quarantine.item (dataset, named_key) where key is null and status = 'open';
create index item_truncate on quarantine.item (dataset) where op = 't';
create index item_raw on quarantine.item (raw_topic, raw_partition, raw_offset);
-- What has no key is known by its raw record: judged again under the same rules it is the same item.
create unique index item_nameless on quarantine.item
    (raw_topic, raw_partition, raw_offset, (coalesce(judged, 0))) where key is null;

-- Raw key and raw bytes, AES-GCM; the identity of the item is authenticated with them. No row: it was
-- larger than we keep, or refused before this table was there; then it is in reject.* alone. Items are
-- never removed, so no foreign key has to hold them.
create table quarantine.payload (
    item bigint primary key,
    key_id text not null,
    nonce bytea not null check (length(nonce) = 12),
    sealed bytea not null,
    stored_at timestamptz not null default clock_timestamp()
);

-- Who looked, waived, replayed or approved, and why. Added to; never changed.
create table quarantine.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    item bigint,
    action text not null check (action in ('opened', 'judged', 'replayed', 'waived', 'approved')),
    by_user text not null,
    by_role text not null default session_user,
    reason text not null check (reason <> ''),
    approver text,
    facts jsonb not null default '{}',
    check ((action in ('waived', 'approved')) = (approver is not null))
);
create index audit_item on quarantine.audit (item);

create function quarantine.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'what was done in quarantine stays written down; add an entry instead'
        using errcode = 'restrict_violation';
end
$$;
create trigger audit_stands before update or delete or truncate on quarantine.audit
    for each statement execute function quarantine.refuse_change();
revoke all on quarantine.payload, quarantine.audit from public;
