-- upsert --
-- A batch holds a key once; a delete keeps its row, emptied and marked.
-- Rows not returned were superseded, or written before.
insert into {table} as held ({columns})
select {selected} from unnest({arrays}) as incoming ({columns})
on conflict (_key) do update set ({columns}) = row({excluded})
where (excluded._generation, excluded._position, excluded._step, excluded._ruleset)
    > (held._generation, held._position, held._step, held._ruleset)  -- Invariants 3, 4
returning held._key;

-- stage --
-- A table of the session, emptied by COMMIT; its rows are never in the log.
create temporary table if not exists {staging} (like {table}) on commit delete rows;

-- unstage --
drop table if exists {staging};

-- copy --
copy {staging} ({columns}) from stdin (format binary);

-- merge --
-- As upsert, from what COPY brought.
insert into {table} as held ({columns})
select {columns} from {staging}
on conflict (_key) do update set ({columns}) = row({excluded})
where (excluded._generation, excluded._position, excluded._step, excluded._ruleset)
    > (held._generation, held._position, held._step, held._ruleset)  -- Invariants 3, 4
returning held._key;

-- unlike --
-- Asked first where repeats are likely: ON CONFLICT would lock, and log, every row it leaves alone.
-- What a replay brings again is of the same order key, so this answers with all others: a row's own
-- order key, or none where there is no row. The offset keeps it one look into the index a key.
select incoming.key, held.* from unnest($1::text[], $2::int4[], $3::int8[], $4::int8[], $5::int4[])
    as incoming (key, generation, position, step, ruleset)
left join lateral (
    select _generation, _position, _step, _ruleset from {table} as row
    where row._key = incoming.key
    offset 0
) as held on true
where (held._generation, held._position, held._step, held._ruleset) is distinct from
    (incoming.generation, incoming.position, incoming.step, incoming.ruleset);

-- held --
select _key, _generation, _position, _step, _ruleset from {table} where _key = any($1::text[]);

-- before --
-- Rows as wire values, to be written again (consumers/stored.py), unless they lie where the last
-- record of their key does, or behind it: in the same partition of the same version of the topic.
select {wire} from unnest($1::text[], $2::int8[], $3::int8[]) as last (key, partition, place)
cross join lateral (
    select * from {table} as row where row._key = last.key and (
        (split_part(_at, ':', 1), split_part(_at, ':', 3))
            is distinct from (last.partition::text, $4)
        or split_part(_at, ':', 2)::int8 < last.place
    )
    offset 0
) as held;

-- overtaken --
-- Keys whose row stands although a later raw record of the key was judged: its order key was older.
select incoming.key from unnest($1::text[], $2::int8[]) as incoming (key, raw)
cross join lateral (
    select 1 from {table} as row
    where row._key = incoming.key and substring(row._raw from '[0-9]+$')::int8 < incoming.raw
    offset 0
) as held;

-- place --
update {table} as row set _at = new.at from unnest($1::text[], $2::text[]) as new (key, at)
where row._key = new.key;
