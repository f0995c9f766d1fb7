"""The rows of tasks: tables, queries, filters, order."""
