"""The gate of structure: the centre's template, our contract and the source's own columns.

`compare.rows` says of each field whether the three agree and, where not, who must act; pure, so
that the columns may come from a running department or from a file.
"""
