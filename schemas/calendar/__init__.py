"""The working calendar: which days the units work, and when a day's duties are due.

`days.csv` holds what differs from Monday to Friday; `book` is the calendar as a value, `cadence`
says which days end a period. The cut-off is kept here alone: counts, receipts and the book of
obligations all take it from `cutoff` (DOMAIN.md 11).
"""
