"""Read the files of other programs: one module a program, and what they share."""
