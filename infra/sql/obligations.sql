-- alone --
-- Held by the session: it ends with the process, whatever ended that.
select pg_try_advisory_lock(7236837106);

-- begin --
insert into ledger.obligation_begin (day) values (%(day)s) on conflict do nothing;

-- begun --
select day from ledger.obligation_begin;

-- opened --
-- The last day whose duties were opened.
select max(due) from ledger.obligation where kind = 'opened';

-- waiting --
-- Duties that were opened and have no verdict, and the cause they were told of by.
select held.due, held.unit, held.dataset, held.scope, held.evidence, told.cause
from ledger.obligation as held left join ledger.obligation as told
    on told.kind = 'alert' and (told.due, told.dataset, told.scope, told.unit)
        = (held.due, held.dataset, held.scope, held.unit)
where held.kind = 'opened' and not exists (
    select from ledger.obligation as judged
    where judged.kind = 'verdict' and (judged.due, judged.dataset, judged.scope, judged.unit)
        = (held.due, held.dataset, held.scope, held.unit)
)
order by held.due, held.dataset, held.scope;

-- add --
-- A duty that has such an entry keeps it: judged again after a kill, nothing is added.
insert into ledger.obligation (unit, dataset, scope, due, kind, status, cause, evidence)
select * from unnest(
    %(units)s::text[], %(datasets)s::text[], %(scopes)s::text[], %(dues)s::timestamptz[],
    %(kinds)s::text[], %(statuses)s::text[], %(causes)s::text[], %(evidences)s::jsonb[]
) on conflict do nothing
returning id;

-- add_naming --
insert into ledger.obligation
    (unit, dataset, scope, due, kind, status, cause, evidence, names, paper)
values (%(unit)s, %(dataset)s, %(scope)s, %(due)s, %(kind)s, %(status)s, %(cause)s, %(evidence)s,
    %(names)s, %(paper)s)
returning id;

-- add_paper --
insert into ledger.obligation_paper
    (act, unit, dataset, scope, first_day, last_day, key, document, sha256)
values (%(act)s, %(unit)s, %(dataset)s, %(scope)s, %(first_day)s, %(last_day)s, %(key)s,
    %(document)s, %(sha256)s)
returning id;

-- papers --
-- What speaks for some day between two, of these acts, in the order in which it was signed.
select id, act, unit, dataset, scope, first_day, last_day, document, stored_at
from ledger.obligation_paper
where act = any(%(acts)s) and first_day <= %(last)s and last_day >= %(first)s
and (%(dataset)s::text is null or dataset = %(dataset)s)
order by id;

-- entries --
-- Every entry of the duties due from one moment to another; their papers' texts beside them.
select entry.id, entry.unit, entry.dataset, entry.scope, entry.due, entry.kind, entry.status,
    entry.cause, entry.evidence, entry.names, entry.judged_at, paper.document
from ledger.obligation as entry left join ledger.obligation_paper as paper on paper.id = entry.paper
where entry.due >= %(first)s and entry.due <= %(last)s
and (%(unit)s::text is null or entry.unit = %(unit)s)
and (%(dataset)s::text is null or entry.dataset = %(dataset)s)
and (%(scope)s::text is null or entry.scope = %(scope)s)
order by entry.due, entry.dataset, entry.scope, entry.unit, entry.id;

-- entry --
select entry.id, entry.unit, entry.dataset, entry.scope, entry.due, entry.kind, entry.status,
    entry.cause, entry.evidence, entry.names, entry.judged_at, paper.document
from ledger.obligation as entry left join ledger.obligation_paper as paper on paper.id = entry.paper
where entry.id = %(id)s;

-- cycles --
-- Due times of each dataset: how many duties, how many met by their cut-off; corrections count.
with standing as (
    select distinct on (due, dataset, scope, unit) due, dataset, status from ledger.obligation
    where kind in ('verdict', 'correction') order by due, dataset, scope, unit, id desc
)
select dataset, due, count(*), count(*) filter (where status like 'MET\_%%' or status = 'EXEMPT'),
    count(*) filter (where status like 'MET\_%%')
from standing group by dataset, due order by dataset, due;
