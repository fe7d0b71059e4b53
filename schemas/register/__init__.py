"""The register: every dataset that the units owe the province, with its owners and its stage.

Three files beside the code lists, kept by hand: `entries.csv` (one line a dataset), `owners.csv`
(who owed it, from when to when) and `reported.csv` (the figures the province once published). The
units are `codes/agency.csv`. Each line carries a status; what is not *checked* is *assumed*, and is
shown as such. `schemas.register.reading.read_register` is the way in.
"""
