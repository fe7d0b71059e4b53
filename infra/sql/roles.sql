-- known --
select 1 from pg_roles where rolname = %(role)s;

-- create --
create role {role} login noinherit;

-- limit --
-- A frozen or vanished sink must not hold its successor for long (DESIGN.md 5).
alter role {role} set {setting} = {value};

-- identify --
-- {verifier} is a SCRAM verifier made on our side: no password reaches the server's log.
alter role {role} password {verifier};

-- grant_sink --
grant usage on schema clean, ledger to province_sink;
grant select, insert, update on all tables in schema clean to province_sink;
grant select, insert, update on ledger.progress, ledger.seen, ledger.outcome, ledger.count to province_sink;
grant select, insert, update on ledger.refused to province_sink;

-- grant_refusals --
-- The sink files rows that the database refuses; it sees keys and order keys of items, no problem
-- and no payload.
grant usage on schema quarantine to province_sink;
grant select (id, dataset, key, generation, position, step, ruleset, raw_topic, raw_partition,
    raw_offset, status) on quarantine.item to province_sink;
grant update (status, closed_at, closed_generation, closed_position, closed_step, closed_ruleset)
    on quarantine.item to province_sink;
grant insert (dataset, key, key_hash, op, problems, owner_unit, generation, position, step, ruleset,
    source_ts, raw_topic, raw_partition, raw_offset, reject_topic, reject_partition, reject_offset,
    judged, status) on quarantine.item to province_sink;

-- grant_quarantine --
grant usage on schema clean, ledger, quarantine to province_quarantine;
grant select, insert, update on quarantine.item to province_quarantine;
grant insert on quarantine.payload to province_quarantine;
-- Whoever files an item closes items too, and tells what was replayed meanwhile.
grant select (asked_at) on quarantine.item to province_sink;
grant select, insert, update on ledger.progress, ledger.seen, ledger.outcome, ledger.count
    to province_quarantine;
grant select, insert, update, delete on ledger.refused to province_quarantine;

-- grant_order --
grant select (_key, _generation, _position, _step, _ruleset, _raw) on {table}
    to province_quarantine, province_operator;
grant select (_deleted_at) on {table} to province_operator;

-- grant_findings --
grant usage on schema clean, ledger, quarantine to province_findings;
grant select on ledger.progress to province_findings;
grant select, insert, update on quarantine.rule, quarantine.finding to province_findings;
grant select, insert, update, delete on quarantine.side, quarantine.member, quarantine.followed,
    quarantine.judged to province_findings;

-- Its statements are many small lookups: compiling them costs ten times what they do (measured).
alter role province_findings set jit = off;

-- grant_columns --
grant select ({columns}) on {table} to province_findings;

-- grant_reader --
grant usage on schema clean, ledger, quarantine to province_reader;
grant select on all tables in schema clean to province_reader;
grant select on all tables in schema ledger to province_reader;
grant select on all tables in schema quarantine to province_reader;
-- One role alone reads payloads: that of the audited commands.
revoke all on quarantine.payload from province_reader;

-- grant_receipt --
-- Adds papers and reads them; nobody may change or remove one.
grant usage on schema ledger to province_receipt;
grant select, insert on ledger.receipt to province_receipt;

-- grant_obligations --
-- Adds entries and papers and reads them; nobody may change or remove one. What a duty is judged by
-- is read as `province_reader`.
grant usage on schema ledger to province_obligations;
grant select, insert on ledger.obligation, ledger.obligation_paper, ledger.obligation_begin
    to province_obligations;

-- grant_operator --
-- `suoi reject open|replay|waive|approve`: reads payloads, closes items, and says why in the audit.
grant usage on schema clean, ledger, quarantine to province_operator;
grant select, update on quarantine.item to province_operator;
grant select on quarantine.payload, ledger.progress to province_operator;
grant select, insert on quarantine.audit to province_operator;

-- enter --
grant connect on database {database} to province_sink, province_quarantine, province_findings,
    province_reader, province_receipt, province_obligations, province_operator;

-- enter_staging --
-- COPY fills tables of the sink's own session.
grant temporary on database {database} to province_sink;

-- shut --
-- Only roles named in a grant enter.
revoke all on database {database} from public;

-- clean_tables --
select relname from pg_class
where relnamespace = 'clean'::regnamespace and relkind = 'r' order by relname;
