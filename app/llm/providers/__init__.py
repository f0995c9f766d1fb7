"""The providers: clients, declarations of tools, lists of models."""
