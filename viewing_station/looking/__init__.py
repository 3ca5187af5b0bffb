"""Looking at a document without opening it: what it shows, as pixels, and nothing else of it."""
