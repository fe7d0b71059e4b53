"""`suoi obligations`: the book of each day with causes, the league, reports, and what people sign.

`command` is the face, `worker` the judge (`suoi run obligations`), `witness` asks what a duty is
judged by, one module a question (docs/obligations.md).
"""
