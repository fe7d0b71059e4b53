-- The newest refusal of a row is looked up in its raw partition, whatever became of it.
drop index quarantine.item_named;
create index item_named on quarantine.item
    (dataset, named_key, raw_topic, raw_partition, raw_offset) where key is null;
