"""What travels: letters, archives, replies, bundles and couriers, as bytes and back.

Nothing here seals, signs, stores or talks to a network. Callers bring bytes, days and
randomness; what comes back is a frozen value whose every field was checked, or a
`FormatError`. Nothing else: each decoder is bounded, and each accepts exactly one way of
writing a thing, so that two programs can never read the same bytes differently.

Reading order: `handles` and `names` (what things are called), `padding` (how large they may
look), `payload` and `letter` (what is inside an envelope), `reply` (what goes back to a
source), `manifest`, `bundle`, `courier` and `tarstream` (what is carried to the station and
back), `rewrap` (heads that go to the station to be sealed anew), `identity` (which instance this
is), `station_backup` (what a station's backup holds) and `paper` (bytes that are printed).
"""
