-- vanished --
-- Rows, and refused rows without one, that the load of this generation met neither clean nor as a reject.
select _key from {table} as held
where _generation < %(generation)s and _deleted_at is null and _key > %(after)s and not exists (
    select from quarantine.item as item
    where item.dataset = %(dataset)s and item.key = held._key and item.generation >= %(generation)s
)
union
select key from quarantine.item as item
where dataset = %(dataset)s and status = 'open' and generation < %(generation)s and key > %(after)s
and not exists (
    select from {table} as held where held._key = item.key and held._generation >= %(generation)s
)
order by 1 limit %(most)s;

-- counted --
-- vanished rows, rows that live, and rejects of this generation whose key could not be read
select (
    select count(*) from (
        select _key from {table} as held
        where _generation < %(generation)s and _deleted_at is null and not exists (
            select from quarantine.item as item
            where item.dataset = %(dataset)s and item.key = held._key
            and item.generation >= %(generation)s
        )
        union
        select key from quarantine.item as item
        where dataset = %(dataset)s and status = 'open' and generation < %(generation)s
        and key is not null and not exists (
            select from {table} as held
            where held._key = item.key and held._generation >= %(generation)s
        )
    ) as vanished
), (
    select count(*) from {table} where _deleted_at is null
), (
    select count(*) from quarantine.item where dataset = %(dataset)s and status = 'open'
    and key is null
);

-- begin --
insert into ledger.operation (kind, dataset, source, generation, rows, by_whom, reason)
values ('sweep', %(dataset)s, %(source)s, %(generation)s, %(rows)s, %(by)s, %(reason)s)
returning id;

-- end --
update ledger.operation set done_at = clock_timestamp() where id = %(id)s;

-- lock --
-- Held to the end of the session: two sweeps of one dataset would mix their numbers.
select pg_try_advisory_lock(hashtext('suoi.sweep'), hashtext(%(dataset)s));
