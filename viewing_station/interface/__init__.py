"""The full-screen interface.

Only `launch` is imported from outside, and textual only when the full screen is wanted: it takes a
quarter of a second to load, and plain commands should not wait for it.
"""
