"""The log: one line an event, redacted."""
