"""The commands on everything that is kept: files of tasks, backups, removal for good."""
