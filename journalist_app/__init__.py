"""The app that reviewers see: sealed deliveries out, couriers in. It cannot read a thing.

`app.create_app` wires it; each view module holds one part of the way: `entry` (in and out), `inbox`
(the list), `bundles`, `couriers`, `starring`, `deleting`, `clearing` (after a flood), `replying`,
`answering` (standard answers), `history`. `nav` counts the new ones for every page. What they do
stands beside them, free of Flask: `signing_in` judges a log-in, `collecting` makes a bundle and
`bundle_stream` sends it, `courier_file` believes a courier or refuses it, and `courier_effect`
carries it out.

Accounts: `account` and `changing_…` are one's own pages, over `own_account` and `own_sessions`;
`admin_…` are those of admins, over `team`, `desk_keeping` and `desk_limits`, which the commands use
as well. `permissions` names who may use a route, `proof` asks again who asks.
"""
