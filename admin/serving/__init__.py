"""`vasistas serve`: both apps under gunicorn, the sweeper, and what keeps them in order.

`supervisor` is the process the admin starts. It opens the listening sockets and starts three
children: an `app_process` for each app and the `sweeper_process`. A child ends when its
parent does, however that came about.
"""
