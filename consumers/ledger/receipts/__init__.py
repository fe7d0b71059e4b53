"""Daily receipts by unit: what was decided in a window, signed, each naming the one before.

`document` is the paper itself and `chain` the order of the papers: both need no server, so that
anybody can verify. `evidence` reads the books, `book` keeps the papers, `making` brings them
together. docs/receipts.md says how others recompute every part.
"""
