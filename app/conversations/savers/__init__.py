"""Checkpointers: where a thread's state is kept between turns."""
