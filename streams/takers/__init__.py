"""The usual values of each kind, taken by machine code; whatever else is sent goes to the refiner.

A taker is made for one field (`streams.fast`) and called as its refiner is. It never decides
anything that the refiner would decide differently: what it knows (letters, days, places, heads) was
asked of the Python rules when it was made, and what it remembers the refiner has said.
"""
