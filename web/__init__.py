"""What both web apps share: configuration, sessions, guards, headers, forms and languages.

Nothing here knows what a delivery is. `web` may import `crypto` and `storage`; the two apps
import `web`, and `admin` puts the pieces together.
"""
