"""heartland."""
