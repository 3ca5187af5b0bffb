"""The kinds of bytes that may be stored or sent, each with its type, and their sizes."""

from typing import NewType, TypeAlias

Nonce = NewType("Nonce", bytes)  # drawn afresh for each delivery
Tag = NewType("Tag", bytes)  # what a codename recognises its rows by
ThreadId = NewType("ThreadId", bytes)  # only ever inside a letter
ReplyKey = NewType("ReplyKey", bytes)  # X25519 public key
SessionId = NewType("SessionId", bytes)  # the row of a session
DeskSlug: TypeAlias = str  # DESIGN.md, "Glossary": a desk's short name

KEY_SIZE = 32  # bytes: all keys of version 1
SALT_SIZE = 16  # bytes: the instance's salt
NONCE_SIZE = 16  # bytes: large enough never to repeat when drawn at random
TAG_SIZE = 16  # bytes: a false match once in 2**128 rows
THREAD_ID_SIZE = 16  # bytes
SESSION_ID_SIZE = 32  # bytes
DIGEST_SIZE = 32  # bytes: SHA-256
SIGNATURE_SIZE = 64  # bytes: Ed25519
