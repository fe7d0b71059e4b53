"""Contracts as files: Open Data Contract Standard v3.1 in YAML, one file one dataset.

Reading is strict and says everything at once: each fault with its line, its field and what was
expected. A contract holds no expressions; it names rules, conditions and code lists that exist.
`schemas.odcs.contract.read_contract` is the way in.
"""
