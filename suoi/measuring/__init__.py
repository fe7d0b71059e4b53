"""What `suoi run metrics` measures: a module for each family, all of them declared in `families`.

A module reads what is there (ledger, Kafka, Connect, a source) and yields samples; what it cannot
know it leaves out. `lanes` says what is measured together, and how often.
"""
