"""Every metric we export, by name, once: the contents page that rules and board are tested against.

Base units: seconds, bytes, ratio, and _total for what only grows. Names beginning with kafka_ are
those of kafka_exporter, which existing dashboards know. What is unknown is absent, and its
`_known` is 0.
"""

from infra.metrics.family import Family, Kind
from infra.metrics.shelf import OWN

# Offsets, as kafka_exporter names them
TOPIC_END = Family(
    "kafka_topic_partition_current_offset", "Next offset to be written.", ("topic", "partition")
)
TOPIC_LOW = Family(
    "kafka_topic_partition_oldest_offset", "First offset that is kept.", ("topic", "partition")
)
GROUP_AT = Family(
    "kafka_consumergroup_current_offset",
    "Offset the group has committed.",
    ("consumergroup", "topic", "partition"),
)
GROUP_LAG = Family(
    "kafka_consumergroup_lag",
    "Offsets between the group's commit and the end.",
    ("consumergroup", "topic", "partition"),
)
GROUP_LAG_SUM = Family(
    "kafka_consumergroup_lag_sum",
    "The same, all partitions of a topic together.",
    ("consumergroup", "topic"),
)

# The chain, by dataset
DATASET = Family(
    "suoi_dataset_info",
    "1; where each dataset comes from, for joining.",
    ("dataset", "source", "unit"),
)
CAPTURED = Family("suoi_captured_total", "Raw records captured so far.", ("dataset",), Kind.COUNTER)
LAG_SECONDS = Family(
    "suoi_lag_seconds",
    "Age of the oldest record that a hop has not taken; commit_to_raw: of the newest heartbeat.",
    ("dataset", "hop"),
)
LAG_MESSAGES = Family("suoi_lag_messages", "Records a hop has not taken.", ("dataset", "hop"))
LAG_STATE = Family(
    "suoi_lag_state",
    "1 for the state of the hop, by Burrow's rules: OK, WARN, STALL, STOP, REWIND, unknown.",
    ("dataset", "hop", "state"),
)
LAG_KNOWN = Family(
    "suoi_lag_known", "1 where the lag of the hop is known, else 0.", ("dataset", "hop")
)
HEARTBEAT_AGE = Family(
    "suoi_heartbeat_age_seconds",
    "Age of the newest heartbeat that came through the connector and is committed.",
    ("source",),
)
THROUGH = Family(
    "suoi_complete_through_timestamp_seconds",
    "Every commit up to then is captured, decided and delivered; seconds since the epoch.",
    ("dataset",),
)
THROUGH_KNOWN = Family(
    "suoi_complete_through_known", "1 where that was ever proved, else 0.", ("dataset",)
)
WATERMARK_AGE = Family(
    "suoi_watermark_age_seconds", "Time since the moment it is complete through.", ("dataset",)
)
PORTAL_AGE = Family(
    "suoi_portal_cache_age_seconds",
    "Time since the moment through which the portal shows everything.",
    ("dataset",),
)
PORTAL_KNOWN = Family(
    "suoi_portal_cache_known", "1 where that was ever proved, else 0.", ("dataset",)
)
PORTAL_READY = Family(
    "suoi_portal_ready", "1 where the portal's cache of the dataset is whole.", ("dataset",)
)
PORTAL_ROWS = Family("suoi_portal_rows", "Rows the portal serves.", ("dataset",))
OUTCOMES = Family(
    "suoi_outcomes_total",
    "Raw records that ended so; quarantined counts first verdicts, also of those moved on since.",
    ("dataset", "outcome"),
    Kind.COUNTER,
)
QUARANTINE_OPEN = Family("suoi_quarantine_open_items", "Open items.", ("dataset",))
QUARANTINE_CODE = Family(
    "suoi_quarantine_open_items_by_code",
    "Open items that have a problem of the class; an item may be in several.",
    ("dataset", "code"),
)
QUARANTINE_OLDEST = Family(
    "suoi_quarantine_oldest_seconds", "Age of the oldest open item.", ("dataset",)
)
CONSERVATION = Family(
    "suoi_conservation_ok",
    "1 where law 2 closes: captured = applied + superseded + replayed + quarantined + filtered.",
    ("dataset",),
)
IN_FLIGHT = Family("suoi_in_flight_records", "Captured records without an outcome.", ("dataset",))
PAUSED = Family("suoi_dataset_paused", "1 where the dataset stands still.", ("dataset",))
PAUSED_CAUSE = Family(
    "suoi_dataset_paused_cause", "1 for the cause of a dataset that stands.", ("dataset", "code")
)
RECEIPTS = Family("suoi_receipts_total", "Receipts signed.", ("unit",), Kind.COUNTER)
RECEIPT_LAST = Family(
    "suoi_receipt_last_timestamp_seconds", "When the newest receipt was stored.", ("unit",)
)

# Sources
SLOT_PRESENT = Family("suoi_slot_present", "1 where our replication slot exists.", ("source",))
SLOT_ACTIVE = Family("suoi_slot_active", "1 where somebody follows the slot.", ("source",))
SLOT_LAG = Family("suoi_slot_lag_bytes", "WAL that the source keeps for our slot.", ("source",))
SLOT_CAP = Family(
    "suoi_slot_cap_bytes",
    "max_slot_wal_keep_size of the source: beyond it the slot is lost; absent where unlimited.",
    ("source",),
)
SLOT_WAL = Family("suoi_slot_wal_status", "1 for the wal_status of the slot.", ("source", "state"))
BEAT_WRITTEN = Family(
    "suoi_heartbeat_written_age_seconds",
    "Age of the heartbeat row in the source itself, by the source's clock.",
    ("source",),
)
CLOCK_SKEW = Family(
    "suoi_clock_skew_seconds",
    "The source's clock less ours: negative where it is behind.",
    ("source",),
)
ALARM = Family(
    "suoi_source_alarm",
    "1 while a guard of the source alarms; state is its severity (warn, critical).",
    ("source", "code", "state"),
)
CONNECTOR = Family("suoi_connector_state", "1 for the state of the connector.", ("source", "state"))
TASK = Family("suoi_connector_task_state", "1 for the state of its task.", ("source", "state"))
LOAD_STATE = Family("suoi_load_state", "1 for the state of the load.", ("dataset", "state"))
LOAD_ROWS = Family("suoi_load_rows", "Rows the load has read.", ("dataset",))
LOAD_ESTIMATE = Family(
    "suoi_load_estimated_rows", "Rows the source believes its table has.", ("dataset",)
)
LOAD_RATIO = Family(
    "suoi_load_progress_ratio", "Share of the load that is read, 0 to 1.", ("dataset",)
)

# Processes
UP = Family("suoi_component_up", "1 where the component answers as it should.", ("component",))
RESTARTS = Family(
    "suoi_component_restarts_total", "Times it was started anew.", ("component",), Kind.COUNTER
)

FAMILIES = (
    *OWN,
    *(found for found in tuple(globals().values()) if isinstance(found, Family)),
)
