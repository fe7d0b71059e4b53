"""The portal's cache in Redis: its keys, its scripts, and an open record as its row."""
