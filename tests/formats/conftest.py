"""Settings for the property tests of this room."""

from hypothesis import settings

# Machines that run the tests are shared: an example is judged by what it shows, not its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
