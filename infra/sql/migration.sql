-- prepare_ledger --
create schema if not exists ledger;
create table if not exists ledger.migration (
    number int not null,
    phase text not null check (phase in ('pre', 'post')),
    slug text not null,
    sha256 text not null,
    applied_at timestamptz not null default now(),
    primary key (number, phase)
);

-- one_at_a_time --
-- Held until the transaction ends: two migrations never run side by side.
select pg_advisory_xact_lock(7236837104);

-- applied --
select number, phase, sha256 from ledger.migration;

-- record --
insert into ledger.migration (number, phase, slug, sha256)
values (%(number)s, %(phase)s, %(slug)s, %(sha256)s);

-- columns --
select a.attname, format_type(a.atttypid, a.atttypmod)
from pg_attribute a
where a.attrelid = %(table)s::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum;

-- add_column --
alter table {table} add column {column} {type};
