"""How far behind every hop is, whether that grows, and whether a consumer stands still: values."""
