"""What `make bench` measures, each beside a reference in the same run.

Nothing here is asserted: figures depend on the machine, which the table names.
"""
