-- Second verdicts are counted at every look of `suoi run metrics`: without reading all that was refused.
create index refused_moved on ledger.refused (raw_topic) where moved is not null;
