"""The `vasistas` command: it puts the rooms together and runs them."""
