"""The commands: each is loaded when it is used."""
