"""What went wrong with a model call, in one verdict."""
