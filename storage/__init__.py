"""What the server keeps: a database of rows, a directory of sealed blobs, and the broom.

The promise of the house lives here: *nothing at rest says that two deliveries came from the
same person*, and nothing says when in the day anything happened. There is no table of sources.

- `models/` holds columns and nothing else; each entity's queries stand beside them in a file of
  its name (`desks`, `deliveries`, `replies`, `sessions`, `reviewers`, `recovery_codes`,
  `log_in_waits`, `bundles`, `couriers`, `quick_copies`, `answers`, `deletions`, `intake`,
  `chores`). A query takes a SQLAlchemy session first and never commits: `Database.read()` and
  `Database.write()` in `engine` hold the transaction.
  `listing` is the reviewers' list, `retention` what a desk keeps no longer, `mailbox` the rows
  that a codename is tested against, `statements` what the queries share. `history` is the chain
  of what was done.
- `connections` knows how SQLite and PostgreSQL are to be opened, `turns` who writes next, `forks`
  what a child process may not inherit; `schema` and `migrations/` bring a database to the present
  shape, `upkeep` compacts it.
- `blobs` keeps the bodies of envelopes as files; `disk` says how much room is left.
- `sweeper` removes what is over, and in the night undoes what order of arrival is left.
- `slots` shares a host's few slots (key derivations, uploads) among all its processes.

Every table is WITHOUT ROWID in SQLite: a hidden row number would count arrivals. Dates are days;
`sessions.expires`, `sessions.ends` and `log_in_waits.retry_at` alone are times.
"""
