"""The server's own secrets: how old they are, how each is rotated, and how an overlap ends.

Each command has one rename or one transaction that decides, and what follows from it can be done
again: after a power cut at any write, running it once more completes it.
"""
