"""Decisions: pure functions ``(state, value, now) -> (state, decisions)``. No clock, no I/O, no logging."""
