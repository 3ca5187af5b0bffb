"""The app that sources see. Its pages work without scripts, images or fonts.

`app.create_app` wires it; each view module holds one part of the way: `entry`, `delivering`,
`mailbox`, `public`. The way of a delivery itself is `form` → `intake`.
"""
