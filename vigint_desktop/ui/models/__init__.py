"""Qt models over rows."""
