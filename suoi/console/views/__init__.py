"""The pages' views, one module a page: (snapshot, user, query) -> a plain dict, and its type."""
