"""One turn at a time in a thread, across processes."""
