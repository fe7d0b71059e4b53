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
