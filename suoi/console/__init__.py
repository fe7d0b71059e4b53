"""The operators' web app: what `suoi status` knows, as pages that people read, and act on.

A page is a view (suoi/console/views/), a template of its name and a line in `pages.py`; who may
open it stands in `roles.py`. No request asks Kafka, Connect or PostgreSQL, but for actions and
paged lists: pages are made from the snapshot that `sampler.py` keeps.
"""
