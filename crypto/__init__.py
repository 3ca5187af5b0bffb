"""The cryptography of Vasistas: codenames, keys, envelopes, boxes and signatures.

The rules of this room:

* It does no network and no web I/O. Callers bring bytes, the day, and sinks; the only programs
  it starts are `gpg` and `gpgconf`, and those with homes that the caller names.
* Every secret has a type of its own (`secret.Secret`), so that the wrong one does not type-check
  and none shows in a log. Identifiers that may be stored have theirs (`kinds`).
* Every derived key has a label, and all labels stand in one table (`labels`).
* What does not open, does not verify or is no codename raises one of the classes in `errors`.
* An envelope is sealed in `envelope` and opened in `opening`. Only the viewing station may import
  `opening`, `sealed_file` and `store_key`.

`docs/cryptography.md` says what is done and why; `tests/vectors/` says it in numbers.
Import the modules; this package exports nothing by itself.
"""
