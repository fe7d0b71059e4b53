-- one_at_a_time --
-- Held until the transaction ends. Its own statement: the snapshots that follow are taken after it,
-- so that no finding is written from a row older than one judged before.
select pg_advisory_xact_lock(7236837105);

-- look --
-- Where nothing is left to look at, this says so every ten seconds (invariant 9).
update quarantine.followed as mine set looked_at = clock_timestamp()
from ledger.progress as held
where held.consumer = 'province' and held.topic = mine.topic and held.partition = mine.partition
and held.next = mine.next and mine.looked_at < clock_timestamp() - interval '10 seconds';

-- places --
-- reached: every record before it is in its table, or was refused there; the same snapshot says both.
-- Behind for two weeks we are strangers: Kafka forgets tombstones after 30 days, and with them keys.
-- Whoever has waited longest comes first.
select held.topic, held.partition, held.next as reached,
    case when mine.next = held.next or mine.looked_at > clock_timestamp() - interval '14 days'
        then mine.next end
from ledger.progress as held left join quarantine.followed as mine using (topic, partition)
where held.consumer = 'province' and held.topic = any(%(topics)s::text[])
order by mine.looked_at, held.topic, held.partition;

-- follow --
-- A partition met for the first time, or made anew, is followed from where its sink stands: what lies
-- before is in the table, which is read whole.
insert into quarantine.followed as mine (topic, partition, next)
select topic, partition, next from ledger.progress
where consumer = 'province'
and (topic, partition) in (select * from unnest(%(topics)s::text[], %(partitions)s::int[]))
on conflict (topic, partition) do update set next = excluded.next, looked_at = clock_timestamp();

-- move --
-- Compare and set, in the transaction of the findings (invariants 1, 3).
update quarantine.followed as held set next = wanted.next, looked_at = clock_timestamp()
from unnest(%(topics)s::text[], %(partitions)s::int[], %(starts)s::bigint[], %(nexts)s::bigint[])
    as wanted (topic, partition, start, next)
where held.topic = wanted.topic and held.partition = wanted.partition and held.next = wanted.start
returning held.topic, held.partition;

-- begin_refill --
update quarantine.judged set refill_after = '' where dataset = any(%(datasets)s::text[]);

-- refills --
select dataset, refill_after from quarantine.judged
where refill_after is not null and dataset = any(%(datasets)s::text[]) order by dataset;

-- page --
-- Tombstones too: a row that is gone leaves its groups.
select _key from {table} where _key > %(after)s order by _key limit %(rows)s;

-- turn_page --
update quarantine.judged set refill_after = %(after)s where dataset = %(dataset)s;

-- rows --
select _key, coalesce({event_date}, (_source_ts at time zone 'Asia/Ho_Chi_Minh')::date), {measure},
    {columns}
from {table} where _key = any(%(keys)s::text[]) and _deleted_at is null {where};

-- merge --
-- What the touched rows belong to now, in place of what they belonged to; gives the groups that changed,
-- and those that a row stays in while it leaves another: that one may have stood for both (see judge).
-- `offset 0` keeps a lookup by index what it is: the planner would read the whole table once a batch.
with incoming as materialized (
    select * from unnest(
        %(sides)s::smallint[], %(members)s::text[], %(groups)s::uuid[],
        %(event_dates)s::date[], %(measures)s::date[]
    ) as incoming (side, key, grp, event_date, measure)
),
gone as (
    delete from quarantine.member where ctid = any(array(
        select held.ctid
        from unnest(%(judged)s::smallint[]) as side cross join unnest(%(keys)s::text[]) as key
        cross join lateral (
            select member.ctid, member.grp from quarantine.member
            where member.side = side.side and member.key = key.key offset 0
        ) as held
        where (side.side, key.key, held.grp) not in (select side, key, grp from incoming)
    ))
    returning side, key, grp
),
put as (
    insert into quarantine.member as held (side, key, grp, event_date, measure)
    select side, key, grp, event_date, measure from incoming
    on conflict (side, key, grp) do update
    set event_date = excluded.event_date, measure = excluded.measure
    where (held.event_date, held.measure) is distinct from (excluded.event_date, excluded.measure)
    returning held.grp
)
select grp::text from gone union select grp::text from put
union select incoming.grp::text from incoming join gone using (side, key);

-- judge --
-- A group is found while two of its rows contradict each other. Two groups of one rule that hold the
-- same rows are one finding (a couple registered twice): the one of the lower digest. So a paired
-- group is judged with every group of its rows.
with near as materialized (
    select unnest(%(groups)s::uuid[]) as grp
    union
    select beside.grp from unnest(%(paired)s::uuid[]) as touched (grp)
    cross join lateral (
        select side, key from quarantine.member where member.grp = touched.grp offset 0
    ) as held
    cross join lateral (
        select grp from quarantine.member
        where member.side = held.side and member.key = held.key offset 0
    ) as beside
),
held as materialized (
    select near.grp, side.rule, side.role, side.dataset,
        member.key, member.event_date, member.measure,
        count(*) over beside as rows,
        min(member.measure) filter (where side.role = 'limit') over beside as lowest,
        max(member.measure) filter (where side.role = 'subject') over beside as highest
    from near
    cross join lateral (
        select * from quarantine.member where member.grp = near.grp offset 0
    ) as member
    join quarantine.side on side.id = member.side
    window beside as (partition by near.grp)
),
found as (
    select distinct on (rule, datasets, keys) rule, grp, datasets, keys, event_dates
    from (
        select rule, grp,
            array_agg(dataset order by event_date, key, dataset) as datasets,
            array_agg(key order by event_date, key, dataset) as keys,
            array_agg(event_date order by event_date, key, dataset) as event_dates
        from held
        where rows > 1
        and (role = 'equal' or (role = 'subject' and measure > lowest)
            or (role = 'limit' and measure < highest))
        group by rule, grp having count(*) > 1
    ) as groups
    order by rule, datasets, keys, grp
),
closed as (
    update quarantine.finding
    set status = 'closed', closed_at = clock_timestamp(), changed_at = clock_timestamp()
    where id = any(array(
        select held.id from near
        cross join lateral (
            select id from quarantine.finding
            where finding.grp = near.grp and finding.status = 'open' offset 0
        ) as held
        where near.grp not in (select grp from found)
    ))
    returning id
),
opened as (
    insert into quarantine.finding as held (rule, grp, datasets, keys, event_dates, status)
    select rule, grp, datasets, keys, event_dates, 'open' from found
    on conflict (grp) do update set
        datasets = excluded.datasets, keys = excluded.keys, event_dates = excluded.event_dates,
        opened_at = case held.status when 'open' then held.opened_at else clock_timestamp() end,
        status = 'open', changed_at = clock_timestamp(), closed_at = null
    where (held.status, held.datasets, held.keys, held.event_dates)
        is distinct from ('open', excluded.datasets, excluded.keys, excluded.event_dates)
    returning held.id
)
select (select count(*) from near), (select count(*) from opened), (select count(*) from closed);

-- add_rules --
insert into quarantine.rule (name, dataset, reason, field, owner_unit, message)
select * from jsonb_to_recordset(%(rules)s::jsonb)
    as wanted (name text, dataset text, reason text, field text, owner_unit text, message text)
where wanted.name not in (select name from quarantine.rule);

-- describe_rules --
update quarantine.rule as held
set field = wanted.field, owner_unit = wanted.owner_unit, message = wanted.message
from jsonb_to_recordset(%(rules)s::jsonb)
    as wanted (name text, field text, owner_unit text, message text)
where held.name = wanted.name
and (held.field, held.owner_unit, held.message)
    is distinct from (wanted.field, wanted.owner_unit, wanted.message);

-- add_sides --
insert into quarantine.side (rule, dataset, role)
select rule.id, wanted.dataset, wanted.role
from jsonb_to_recordset(%(sides)s::jsonb) as wanted (rule text, dataset text, role text)
join quarantine.rule on rule.name = wanted.rule
where (rule.id, wanted.dataset, wanted.role) not in (select rule, dataset, role from quarantine.side);

-- sides --
select rule.name, side.dataset, side.role, side.id
from quarantine.side join quarantine.rule on rule.id = side.rule;

-- retire --
-- A side that no rule in force has: its rows leave their groups, a page at a time.
delete from quarantine.member where ctid = any(array(
    select ctid from quarantine.member where side = any(%(sides)s::smallint[]) limit %(rows)s
))
returning grp::text;

-- forget_sides --
delete from quarantine.side where id = any(%(sides)s::smallint[]);

-- begin_datasets --
-- Judged by other rules than these, or never: the table is read again from its first row.
insert into quarantine.judged as held (dataset, fingerprint, refill_after)
select dataset, fingerprint, ''
from unnest(%(datasets)s::text[], %(fingerprints)s::text[]) as wanted (dataset, fingerprint)
on conflict (dataset) do update set fingerprint = excluded.fingerprint, refill_after = ''
where held.fingerprint <> excluded.fingerprint;

-- forget_datasets --
delete from quarantine.judged where dataset <> all(%(datasets)s::text[]);

-- forget_places --
-- A topic that no rule looks at is a stranger, should it ever come back.
delete from quarantine.followed where topic <> all(%(topics)s::text[]);
