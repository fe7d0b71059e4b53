-- Items may be judged again, and a truncate approved (docs/quarantine.md).

alter table quarantine.item
    -- When, and under which ruleset, a replay of this item was last handed to Kafka.
    add column asked_at timestamptz,
    add column asked_ruleset int;
alter table quarantine.item drop constraint item_status_check;
alter table quarantine.item add constraint item_status_check check (status in (
    'arriving', 'open', 'fixed_at_source', 'superseded', 'replayed', 'released_superseded', 'waived',
    'approved'
));
