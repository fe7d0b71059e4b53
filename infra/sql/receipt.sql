-- alone --
-- Held by the session: it ends with the process, whatever ended that.
select pg_try_advisory_lock(7236837105);

-- counts --
select op, outcome, sum(n)::bigint from ledger.count
where dataset = %(dataset)s and day = %(day)s
group by op, outcome having sum(n) <> 0
order by op collate "C", outcome collate "C";

-- stored --
-- One line a row; what a line holds and how lines are sorted is fixed in docs/receipts.md.
copy (
    select concat_ws(' ', {dataset}, encode(sha256(convert_to(_key, 'UTF8')), 'hex'),
        _generation, _position, _step, _ruleset,
        case when _deleted_at is null then 'stored' else 'deleted' end) collate "C" as line
    from {table}
    where _source_ts > {after} and _source_ts <= {through}
    order by line
) to stdout;

-- refused --
-- What names no row, or has no order key, has a dash there.
copy (
    select concat_ws(' ', dataset, coalesce(key_hash, '-'), coalesce(generation::text, '-'),
        coalesce(position::text, '-'), coalesce(step::text, '-'), coalesce(ruleset::text, '-'),
        'refused') collate "C" as line
    from quarantine.item
    where dataset = {dataset} and source_ts > {after} and source_ts <= {through}
    order by line
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
