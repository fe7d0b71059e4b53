"""Source and target compared row by row, at a settled position (DESIGN.md 6, Reconciliation).

The source is read once, page by page; each row is standardised and held against the row of its key
in the province (sweep). What the province has and the source has not is found by sums over 1,024
buckets of keys; only in a bucket whose sums differ are keys looked at (buckets). Each suspect is
then judged on its own, between two readings of the source (verdicts).
"""
