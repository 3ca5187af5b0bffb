"""How many processes and threads serve, and why so many."""

APP_NAMES = ("source", "journalist")
WORKERS = 2  # processes an app: one goes on while the other holds Python's lock
THREADS = 128  # a worker; above the uploads allowed at once, so that pages always find one
CONNECTIONS = 1024  # a worker stops accepting past this
