-- upsert --
-- A batch holds a key once; a delete keeps its row, emptied and marked.
-- Rows not returned were superseded, or written before.
insert into {table} as held ({columns})
select {selected} from unnest({arrays}) as incoming ({columns})
on conflict (_key) do update set ({columns}) = row({excluded})
where (excluded._generation, excluded._position, excluded._step, excluded._ruleset)
    > (held._generation, held._position, held._step, held._ruleset)  -- Invariants 3, 4
returning held._key;

-- held --
select _key, _generation, _position, _step, _ruleset from {table} where _key = any({keys}::text[]);
