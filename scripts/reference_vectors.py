"""Compute tests/vectors/*.json a second way: from DESIGN.md, importing nothing of ours.

Argon2id comes from argon2-cffi (ours from libsodium), BLAKE2b from hashlib and from libsodium,
which must agree, TOTP from hmac alone, packets from RFC 4880 by hand. Every input is fixed, so a
second run writes the same bytes. The tests read the files and never run this.
"""

import base64
import hashlib
import hmac
import json
import struct
from pathlib import Path

from argon2.low_level import Type, hash_secret
from nacl import bindings
from reference_codenames import (
    codename_v2_vectors,
    codename_vectors,
    root_v2_vectors,
    root_vectors,
)
from reference_packets import packet_vectors
from reference_primitives import Case, aead, argon2id, blake2b, flipped, octets, padded

VECTORS = Path(__file__).resolve().parent.parent / "tests" / "vectors"


# The key schedule and the boxes


def keys_of(root: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the thread, tag and reply keys of a root."""
    labels = (b"vs1-thread", b"vs1-tag", b"vs1-reply")
    thread, tag, reply = (blake2b(32, b"", key=root, person=label) for label in labels)
    return thread, tag, reply


def schedule_case(name: str) -> Case:
    """Return everything that comes of one root and one nonce."""
    root, nonce = octets(f"root {name}", 32), octets(f"nonce {name}", 16)
    thread, tag, reply = keys_of(root)
    secret = blake2b(32, nonce, key=reply)
    slugs = ("paris", "sûreté", "")
    return {
        "root": root.hex(),
        "thread_key": thread.hex(),
        "tag_key": tag.hex(),
        "reply_root_key": reply.hex(),
        "thread_ids": {slug: blake2b(16, slug.encode(), key=thread).hex() for slug in slugs},
        "nonce": nonce.hex(),
        "tag": blake2b(16, nonce, key=tag).hex(),
        "reply_secret": secret.hex(),
        "reply_key": bindings.crypto_scalarmult_base(secret).hex(),
    }


def schedule_vectors() -> Case:
    """Return the key schedule of two roots."""
    return {
        "valid": [schedule_case("one"), schedule_case("two")],
        "malformed_nonces": ["", "00" * 15, "00" * 17, "00" * 32],
        "malformed_packed_keys": ["", "00" * 95, "00" * 97, "00" * 32],
        "malformed_roots": ["", "00" * 31, "00" * 33],
    }


def sealed_box(public: bytes, data: bytes, ephemeral: bytes) -> bytes:
    """Return a libsodium sealed box, made of its parts (doc.libsodium.org, "Sealed boxes")."""
    own = bindings.crypto_scalarmult_base(ephemeral)
    return own + bindings.crypto_box(data, blake2b(24, own + public), public, ephemeral)


def reply_vectors() -> Case:
    """Return replies, their boxes, and what does not open."""
    secret, other = octets("reply secret", 32), octets("other secret", 32)
    public = bindings.crypto_scalarmult_base(secret)
    data = padded("Merci. — la rédaction".encode(), 4096)
    box = sealed_box(public, b"short", octets("ephemeral", 32))
    return {
        "secret": secret.hex(),
        "key": public.hex(),
        "padded": data.hex(),
        "box": sealed_box(public, data, octets("ephemeral", 32)).hex(),
        "malformed_boxes": {
            "empty": "",
            "shorter than its overhead": box[:47].hex(),
            "cut": box[:-1].hex(),
            "longer": (box + b"\0").hex(),
            "first bit altered": flipped(box, 0).hex(),
            "tag altered": flipped(box, 40).hex(),
            "end altered": flipped(box, len(box) - 1).hex(),
            "for another": sealed_box(
                bindings.crypto_scalarmult_base(other), b"short", octets("ephemeral", 32)
            ).hex(),
        },
        "malformed_keys": [
            "",
            public[:31].hex(),
            (public + b"\0").hex(),
            "00" * 32,
            "01" + "00" * 31,
        ],
    }


def session_vectors() -> Case:
    """Return cookies, the ids and boxes of their rows, and what is none."""
    cookie, data = octets("cookie", 32), b"what a session keeps"
    text = base64.urlsafe_b64encode(cookie).rstrip(b"=").decode()
    kinds = {"SOURCE": (b"vs1-sid", b"vs1-skey"), "REVIEWER": (b"vs1-rsid", b"vs1-rskey")}
    cases = {}
    for kind, (id_label, key_label) in kinds.items():
        key, nonce = blake2b(32, b"", key=cookie, person=key_label), octets(f"box {kind}", 24)
        box = nonce + bindings.crypto_secretbox(padded(data, 4096), nonce, key)
        cases[kind] = {"id": blake2b(32, b"", key=cookie, person=id_label).hex(), "box": box.hex()}
        cases[kind]["unpadded"] = (nonce + bindings.crypto_secretbox(bytes(64), nonce, key)).hex()
    box = bytes.fromhex(cases["SOURCE"]["box"])
    return {
        "cookie": cookie.hex(),
        "text": text,
        "data": data.hex(),
        "kinds": cases,
        "malformed_boxes": ["", box[:39].hex(), box[:-1].hex(), flipped(box, 30).hex()],
        "malformed_texts": [
            *("", text[:-1], text + "A", text + "=", " " + text, "é" + text[1:], "A" * 1000),
            *("+" + text[1:], text[:-1] + "\n", text[:-1] + "h", "*" * 43),
        ],
    }


def signing_vectors() -> Case:
    """Return signed manifests, and signatures that are not right."""
    seed = octets("seed", 32)
    public, private = bindings.crypto_sign_seed_keypair(seed)
    _, stranger = bindings.crypto_sign_seed_keypair(octets("stranger", 32))
    manifest = b'{"format":"vasistas/bundle/1"}'

    def signature(message: bytes, key: bytes = private) -> bytes:
        return bindings.crypto_sign(message, key)[:64]

    right = signature(b"vasistas/bundle/1\n" + manifest)
    return {
        "seed": seed.hex(),
        "public": public.hex(),
        "manifest": manifest.decode(),
        "signatures": {
            "bundle": right.hex(),
            "courier": signature(b"vasistas/courier/1\n" + manifest).hex(),
        },
        "malformed_signatures": {
            "empty": "",
            "cut": right[:-1].hex(),
            "longer": (right + b"\0").hex(),
            "altered": flipped(right, 5).hex(),
            "without its line": signature(manifest).hex(),
            "without the newline": signature(b"vasistas/bundle/1" + manifest).hex(),
            "as another kind": signature(b"vasistas/courier/1\n" + manifest).hex(),
            "of another version": signature(b"vasistas/bundle/2\n" + manifest).hex(),
            "by a stranger": signature(b"vasistas/bundle/1\n" + manifest, stranger).hex(),
            "zeros": "00" * 64,
        },
        "malformed_keys": ["", "00" * 31, "00" * 33],
    }


def onion_host(public: bytes) -> str:
    """Return an onion address of version 3 (rend-spec-v3, section 6)."""
    checksum = hashlib.sha3_256(b".onion checksum" + public + b"\x03").digest()[:2]
    return base64.b32encode(public + checksum + b"\x03").decode().lower() + ".onion"


def announcement_vectors() -> Case:
    """Return an announcement of a move, and files that are not one."""
    public, private = bindings.crypto_sign_seed_keypair(octets("announcement", 32))
    _, stranger = bindings.crypto_sign_seed_keypair(octets("stranger", 32))
    old, new, third = (
        onion_host(bindings.crypto_sign_seed_keypair(octets(name, 32))[0])
        for name in ("old", "new", "third")
    )
    move = {
        "instance": octets("instance", 16).hex(),
        "from": "2026-11-30",
        "until": "2026-12-30",
        "old": old,
        "new": new,
    }

    def written(fields: Case) -> str:
        return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def signed(fields: Case, key: bytes = private, line: str = "vasistas/announcement/1\n") -> Case:
        signature = bindings.crypto_sign((line + written(fields)).encode(), key)[:64]
        return {"format": "vasistas/announcement/1", "signature": signature.hex(), **fields}

    right = signed(move)
    signature = bytes.fromhex(right["signature"])
    return {
        "seed": octets("announcement", 32).hex(),
        "public": public.hex(),
        "move": move,
        "draft": written({"format": "vasistas/announcement-draft/1", **move}),
        "announcement": written(right),
        "badly_signed": {
            "by a stranger": written(signed(move, stranger)),
            "another address": written({**right, "new": third}),
            "another old address": written({**right, "old": third}),
            "longer": written({**right, "until": "2027-01-30"}),
            "another instance": written({**right, "instance": "00" * 16}),
            "as another kind": written(signed(move, line="vasistas/courier/1\n")),
            "of another version": written(signed(move, line="vasistas/announcement/2\n")),
            "without its line": written(signed(move, line="")),
            "altered": written({**right, "signature": flipped(signature, 5).hex()}),
            "zeros": written({**right, "signature": "00" * 64}),
        },
        "malformed": {
            "empty": "",
            "a draft": written({"format": "vasistas/announcement-draft/1", **move}),
            "without a signature": written({"format": "vasistas/announcement/1", **move}),
            "cut": written({**right, "signature": signature[:-1].hex()}),
            "in capitals": written({**right, "signature": signature.hex().upper()}),
            "of another version": written({**right, "format": "vasistas/announcement/2"}),
            "one more field": written({**right, "note": "x"}),
            "in another order": json.dumps(dict(reversed(right.items())), indent=1) + "\n",
            "a mistyped address": written({**signed({**move, "new": "a" + new[1:]})}),
            "not moved": written(signed({**move, "new": old})),
            "with a scheme": written(signed({**move, "new": f"http://{new}"})),
            "ended before it began": written(signed({**move, "until": "2026-11-29"})),
            "for years": written(signed({**move, "until": "2029-11-30"})),
            "no day": written(signed({**move, "until": "2026-02-30"})),
            "a day in short": written(signed({**move, "until": "20261230"})),
            "no instance": written(signed({**move, "instance": "00"})),
        },
    }


def succession_vectors() -> Case:
    """Return three keys that follow one another, written as `succession.json`, and both signing."""
    seeds = [octets(f"instance key {number}", 32) for number in (1, 2, 3)]
    pairs = [bindings.crypto_sign_seed_keypair(seed) for seed in seeds]
    instance, manifest = octets("instance", 16).hex(), b'{"format":"vasistas/bundle/1"}'
    days, links = ["2026-11-30", "2027-11-30"], []
    for day, (before, private), (after, _) in zip(days, pairs, pairs[1:], strict=False):
        told = {
            "day": day,
            "format": "vasistas/succession/1",
            "instance": instance,
            "key": after.hex(),
            "previous": before.hex(),
        }
        said = b"vasistas/succession/1\n" + json.dumps(told, indent=1).encode() + b"\n"
        signature = bindings.crypto_sign(said, private)[:64].hex()
        link = {"day": day, "key": after.hex(), "previous": before.hex(), "signature": signature}
        links.append(link)
    whole = {"format": "vasistas/succession/1", "instance": instance, "links": links}
    both = [
        bindings.crypto_sign(b"vasistas/bundle/1\n" + manifest, private)[:64].hex()
        for _, private in pairs[:0:-1]
    ]
    return {
        "seeds": [seed.hex() for seed in seeds],
        "instance": instance,
        "days": days,
        "succession": json.dumps(whole, indent=1) + "\n",
        "manifest": manifest.decode(),
        "both": "".join(both),
        "malformed_both": {
            "empty": "",
            "cut": "".join(both)[:-2],
            "longer": "".join(both) + "00",
            "three": both[0] + both[1] + both[0],
            "half of one": both[0][:64],
            "of others": "00" * 128,
        },
    }


# Reviewers


def hotp(secret: bytes, step: int) -> str:
    """Return the six digits of RFC 4226."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def reviewer_vectors() -> Case:
    """Return TOTP codes (those of RFC 6238, appendix B, among them), a sealed secret and a hash."""
    secret, key, nonce = b"12345678901234567890", octets("totp key", 32), octets("totp", 24)
    box = nonce + aead(key, nonce, "Zoé".encode(), secret)
    times = (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000)
    stored = hash_secret(b"sept mots tires", octets("hash", 16), 3, 65536, 4, 32, Type.ID)
    return {
        "secret": secret.decode(),
        "codes": {str(time): hotp(secret, time // 30) for time in times},
        "key": key.hex(),
        "reviewer": "Zoé",
        "box": box.hex(),
        "malformed_boxes": ["", box[:24].hex(), box[:-1].hex(), flipped(box, 50).hex()],
        "passphrase": "Sept mots-tirés",
        "hash": stored.decode(),
    }


# The station's store


def sealed_file(key: bytes, prefix: bytes, data: bytes) -> bytes:
    """Return a sealed file."""
    chunks = [data[at : at + 65536] for at in range(0, len(data), 65536)] or [b""]
    boxes = [
        aead(key, prefix + struct.pack(">Q", index), b"vs1-file" + bytes([last]), chunk)
        for index, chunk in enumerate(chunks)
        for last in [index == len(chunks) - 1]
    ]
    return prefix + b"".join(boxes)


def store_vectors() -> Case:
    """Return a wrapped master key, a record, files of several lengths, and what does not open."""
    master, salt, nonce = octets("master", 32), octets("wrap", 16), octets("wrap nonce", 24)
    wrapping = argon2id(b"station passphrase", salt, passes=3, kib=262144)
    wrapped = salt + nonce + aead(wrapping, nonce, b"vs1-master", master)
    record_key = blake2b(32, b"", key=master, person=b"vs1-record")
    record = nonce + aead(record_key, nonce, b"thread/1", b"a record")
    file_key = blake2b(32, b"letters/1", key=master, person=b"vs1-file")
    prefix = octets("prefix", 16)
    files = {}
    for size in (0, 1, 65535, 65536, 65537, 200000):
        whole = sealed_file(file_key, prefix, octets("file", size))
        files[str(size)] = {"size": len(whole), "sha256": hashlib.sha256(whole).hexdigest()}
    return {
        "passphrase": "station passphrase",
        "master": master.hex(),
        "wrapped": wrapped.hex(),
        "malformed_wrapped": [
            "",
            wrapped[:-1].hex(),
            flipped(wrapped, 3).hex(),
            flipped(wrapped, 80).hex(),
        ],
        "context": "thread/1",
        "data": "a record",
        "record": record.hex(),
        "malformed_records": ["", record[:30].hex(), record[:-1].hex(), flipped(record, 25).hex()],
        "file_name": "letters/1",
        "file_key": file_key.hex(),
        "prefix": prefix.hex(),
        "files": files,
    }


def main() -> None:
    """Write every file of vectors."""
    VECTORS.mkdir(exist_ok=True)
    for name, vectors in {
        "codename": codename_vectors(),
        "codename_v2": codename_v2_vectors(),
        "root": root_vectors(),
        "root_v2": root_v2_vectors(),
        "schedule": schedule_vectors(),
        "replybox": reply_vectors(),
        "sessionbox": session_vectors(),
        "signing": signing_vectors(),
        "announcement": announcement_vectors(),
        "succession": succession_vectors(),
        "reviewer": reviewer_vectors(),
        "packets": packet_vectors(),
        "store": store_vectors(),
    }.items():
        text = json.dumps(vectors, ensure_ascii=False, indent=1)
        (VECTORS / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
        print(f"{name}.json")


if __name__ == "__main__":
    main()
