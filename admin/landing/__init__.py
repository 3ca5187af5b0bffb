"""The static page for the campaign's public site, and how to serve it."""
