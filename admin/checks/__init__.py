"""What `vasistas check` looks at: one module a thing, and the list of them in `all_checks`.

A check is a function of the services that yields problems. It changes nothing.
"""
