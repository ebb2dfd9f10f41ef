"""What no test may do: log an unexpected warning, leave something running, reach out, touch the user's own files."""
