"""What comes over the wire, read and judged before any client merges or repairs it."""
