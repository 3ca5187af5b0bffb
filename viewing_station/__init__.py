"""The air-gapped reviewer's program: opens bundles, shows threads, seals replies."""
