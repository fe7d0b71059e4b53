"""The second reader: a slow, plain interpreter of a contract, written from the data rules alone.

It was written without looking at the product's streams, so that the two agree only where the rules
say one thing. DOMAIN.md is cited by section; where it is silent, `docs/decisions/` decides.
`interpreter.consider` is the way in.
"""
