"""What a server loads: the graph, and the health endpoints."""
