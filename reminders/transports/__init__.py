"""Messages leave."""
