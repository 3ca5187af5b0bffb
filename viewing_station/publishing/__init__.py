"""The way out: what clean copies become when they are published."""
