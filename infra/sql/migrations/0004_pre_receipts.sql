-- Receipts: signed papers, one chain a unit, never changed and never removed (docs/receipts.md).

create table ledger.receipt (
    unit text not null,
    sequence int not null check (sequence >= 1),
    day date not null,
    previous text,
    corrects int check (corrects < sequence),
    key text not null,
    document text not null,
    sha256 text not null check (sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')),
    stored_at timestamptz not null default clock_timestamp(),
    before int generated always as (nullif(sequence - 1, 0)) stored,
    primary key (unit, sequence),
    unique (unit, sequence, sha256),
    check ((sequence = 1) = (previous is null)),
    -- The chain, held by the server too: the one before is there, and has that hash.
    foreign key (unit, before, previous) references ledger.receipt (unit, sequence, sha256),
    foreign key (unit, corrects) references ledger.receipt (unit, sequence)
);
create index receipt_day on ledger.receipt (unit, day, sequence);

-- Nobody has the right; the owner of the table, who has every right, is stopped here.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a receipt is never changed or removed; make a correction instead'
        using errcode = 'restrict_violation';
end
$$;
create trigger receipt_stands before update or delete or truncate on ledger.receipt
    for each statement execute function ledger.refuse_change();
revoke all on ledger.receipt from public;
