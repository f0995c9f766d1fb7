"""Middleware for agents of hosts, made with LangChain's `create_agent`."""
