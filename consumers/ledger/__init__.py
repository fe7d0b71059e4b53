"""The books beside the rows: where each consumer stands, and how every raw record ended."""
