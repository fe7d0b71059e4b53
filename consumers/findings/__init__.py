"""Findings: what rules that need other rows say of groups of live rows (DESIGN.md 4)."""
