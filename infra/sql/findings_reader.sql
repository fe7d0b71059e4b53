-- behind_since --
-- Since when the finder has not looked at what the sink has written; null where it does. It looks
-- many times a minute, and says so (invariant 9).
select min(mine.looked_at)
from quarantine.followed as mine join ledger.progress as held using (topic, partition)
where held.consumer = 'province' and mine.looked_at < clock_timestamp() - interval '1 minute';

-- list --
select finding.id, rule.dataset, rule.reason, rule.field, rule.message, rule.owner_unit,
    finding.datasets, finding.keys, finding.event_dates, finding.status,
    finding.opened_at, finding.changed_at, finding.closed_at
from quarantine.finding join quarantine.rule on rule.id = finding.rule
where (%(dataset)s::text is null or rule.dataset = %(dataset)s or %(dataset)s = any(finding.datasets))
  and (%(status)s::text is null or finding.status = %(status)s)
order by finding.opened_at, finding.id
limit %(limit)s

-- show --
select finding.id, rule.dataset, rule.reason, rule.field, rule.message, rule.owner_unit,
    finding.datasets, finding.keys, finding.event_dates, finding.status,
    finding.opened_at, finding.changed_at, finding.closed_at
from quarantine.finding join quarantine.rule on rule.id = finding.rule
where finding.id = %(finding)s
