"""The interactive chat, and one turn for scripts."""
