"""Makes a clone ready to work: Debian packages, the virtual environment, the Java artefacts.

Run by the system's own python3 (`python3 -m infra.setup`): standard library alone.
"""
