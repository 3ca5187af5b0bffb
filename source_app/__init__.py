"""The app that sources see. Its pages work without scripts, images or fonts.

`create_app` wires it; each view module holds one part of the way: `entry`, `delivering`,
`mailbox`, `public`. The way of a delivery itself is `form` → `intake`.
"""

from source_app.app import create_app

__all__ = ["create_app"]
