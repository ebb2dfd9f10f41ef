"""Pure functions from domain values to what is shown: no Qt, no clock, no I/O."""
