-- alone --
-- Held by the session: it ends with the process, whatever ended that.
select pg_try_advisory_lock(7236837105);

-- counts --
select op, outcome, sum(n)::bigint from ledger.count
where dataset = %(dataset)s and day = %(day)s
group by op, outcome having sum(n) <> 0
order by op collate "C", outcome collate "C";

-- roomy --
-- A first load is millions of lines: they are sorted in memory, and no limit of ours ends it.
set local work_mem = '64MB'; set local statement_timeout = 0;

-- stored --
-- One line a row; what a line holds and how lines are sorted is fixed in docs/receipts.md. All
-- lines begin with one dataset and then differ by their digest: sorting by it is quicker.
copy (
    select concat_ws(' ', {dataset}, encode(digest, 'hex'), _generation, _position, _step, _ruleset,
        case when _deleted_at is null then 'stored' else 'deleted' end)
    from {table}, sha256(convert_to(_key, 'UTF8')) as digest
    where _source_ts > {after} and _source_ts <= {through}
    order by digest
) to stdout;

-- refused --
-- What names no row, or has no order key, has a dash there.
copy (
    select concat_ws(' ', dataset, digest, coalesce(generation::text, '-'),
        coalesce(position::text, '-'), coalesce(step::text, '-'), coalesce(ruleset::text, '-'),
        'refused') collate "C" as line
    from quarantine.item, coalesce(key_hash, '-') as digest
    where dataset = {dataset} and source_ts > {after} and source_ts <= {through}
    order by digest collate "C", line
) to stdout;

-- tip --
select sequence, sha256 from ledger.receipt where unit = %(unit)s order by sequence desc limit 1;

-- newest --
select sequence, sha256, document from ledger.receipt
where unit = %(unit)s and day = %(day)s order by sequence desc limit 1;

-- append --
insert into ledger.receipt (unit, sequence, day, previous, corrects, key, document, sha256)
values (%(unit)s, %(sequence)s, %(day)s, %(previous)s, %(corrects)s, %(key)s, %(document)s,
    %(sha256)s);

-- list --
select unit, sequence, day, corrects, key, document from ledger.receipt
where (%(unit)s::text is null or unit = %(unit)s) and (%(day)s::date is null or day = %(day)s)
order by unit, sequence;

-- chain --
select sequence, document from ledger.receipt
where unit = %(unit)s and sequence <= %(sequence)s order by sequence;
