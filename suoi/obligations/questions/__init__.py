"""What a duty is judged by, one module a question; `suoi.obligations.witness` asks them all.

Each answers with a value of `consumers.ledger.obligations.evidence`, and unknown where the part it
asks is away. To add one, write a module and one line in the witness.
"""
