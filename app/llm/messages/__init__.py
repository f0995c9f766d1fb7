"""What is sent and what comes back: shapes of messages, trimming, repair of tool calls."""
