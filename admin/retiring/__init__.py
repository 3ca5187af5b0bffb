"""The end of an instance: what is uncollected is exported, the rest destroyed, and sources told."""
