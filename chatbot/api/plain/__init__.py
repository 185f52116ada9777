"""Our own interface: what the page shows, as JSON and as events."""
