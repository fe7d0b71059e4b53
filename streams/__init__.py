"""The workshop: raw.* to clean.*, reject.* and open.*."""
