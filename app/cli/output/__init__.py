"""What commands and the chat write: tables, Markdown, notices."""
