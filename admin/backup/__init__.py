"""The whole instance in one sealed file, and back again: `vasistas backup` and `restore`."""
