"""The law: what the data is. Pure values and derivations; imports no client library."""
