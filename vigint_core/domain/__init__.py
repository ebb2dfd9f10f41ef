"""Frozen values of the field: cameras, frames, windows, verdicts, incidents, faults. No I/O, no clock."""
