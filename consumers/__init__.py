"""The deliveries: clean.*, open.* and reject.* to places and proofs."""
