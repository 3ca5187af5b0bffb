"""Codenames and their roots, for reference_vectors.py."""

import hashlib
from collections.abc import Sequence
from itertools import starmap
from pathlib import Path

from reference_primitives import Case, argon2id, blake2b, octets

LISTS = Path(__file__).resolve().parent.parent / "crypto" / "words"
WORDS = {
    language: (LISTS / f"{language}.txt").read_text("ascii").split("\n")[:-1]
    for language in ("fr", "en")
}


def check_word(drawn: Sequence[str], language: str, version: int = 1) -> str:
    """Return the eighth word."""
    digest = blake2b(8, " ".join(drawn).encode(), person=f"vasistas-cn-v{version}".encode())
    listed = WORDS[language]
    return listed[int.from_bytes(digest, "big") % len(listed)]


def codename(name: str, language: str, version: int = 1) -> list[str]:
    """Return eight words that are the same every time."""
    listed = WORDS[language]
    drawn = [
        listed[int.from_bytes(octets(f"{name} {place}", 8), "big") % len(listed)]
        for place in range(7)
    ]
    return [*drawn, check_word(drawn, language, version)]


def shared_codename() -> list[str]:
    """Return eight words that both lists hold, right under the English one only."""
    english = set(WORDS["en"])
    shared = [word for word in WORDS["fr"] if word in english]
    for first in range(len(shared) - 7):
        drawn = shared[first : first + 7]
        check = check_word(drawn, "en")
        if check in shared and check != check_word(drawn, "fr"):
            return [*drawn, check]
    raise SystemExit("the lists share too little")


def malformed_codenames(french: list[str], english: list[str]) -> list[Case]:
    """Return what is no codename, with the reason."""
    wrong = next(word for word in WORDS["fr"] if word != french[7])
    return [
        no_codename("", "length", 0),
        no_codename("   \n ", "length", 0),
        no_codename(" ".join(french[:7]), "length", 7),
        no_codename(" ".join([*french, french[0]]), "length", 9),
        no_codename(" ".join(["qqqq", *french[1:]]), "unknown", 8, [1]),
        no_codename(" ".join([*french[:3], "qq7", *french[4:7], "zzz"]), "unknown", 8, [4, 8]),
        no_codename(" ".join([*french[:7], wrong]), "checksum", 8),
        no_codename(" ".join([french[1], french[0], *french[2:]]), "checksum", 8),
        no_codename(" ".join([*english[:6], english[7], english[6]]), "checksum", 8),
        no_codename(", ".join(french), "unknown", 8, [1, 2, 3, 4, 5, 6, 7]),
    ]


def no_codename(text: str, reason: str, count: int, unknown: Sequence[int] = ()) -> Case:
    """Return one case of what is no codename."""
    return {"text": text, "reason": reason, "count": count, "unknown": list(unknown)}


def codename_vectors() -> Case:
    """Return texts, what they normalise to, and which are codenames."""
    french, english = codename("one", "fr"), codename("two", "en")
    numbered = "\n".join(starmap("{}. {},".format, enumerate(french, start=1)))
    normalised = {
        "Été": "ete",
        "  deux\tmots\u00a0 ": "deux mots",
        "porte-fenêtre": "porte fenetre",
        "porte\u2010fenêtre\u2011ouverte — close": "porte fenetre ouverte close",
        "E\u0301TE\u0301": "ete",
        "\ufb01n": "fin",
        "\uff41\uff42": "ab",
        "- a -": "a",
        "": "",
        "Ça, là": "ca, la",
    }
    valid = [
        (french, "fr"),
        (english, "en"),
        (shared_codename(), "en"),
        (codename("3", "fr"), "fr"),
    ]
    typed = " \u2003".join(french).upper().replace("E", "É")
    return {
        "lists": {name: [len(w), list_digest(name)] for name, w in WORDS.items()},
        "normalised": normalised,
        "valid": [{"words": words, "language": language} for words, language in valid],
        "typed": [
            {"text": typed, "words": french},
            {"text": "-".join(english), "words": english},
            {"text": "\n" + "\u2010\n".join(french) + " ", "words": french},
        ],
        "malformed": malformed_codenames(french, english),
        "containing": [
            f"Bonjour. Mon nom est {' '.join(french)}, merci.",
            f"Voici :\n{numbered}\nMerci",
            f"({typed})",
            "...".join(english),
            " ".join([french[3], *french]),
        ],
        "not_containing": [
            "",
            "Bonjour",
            " ".join(french[:7]),
            "; ".join([*french[:4], "qq", *french[4:]]),
        ],
    }


def right_twice() -> list[str]:
    """Return eight words that are right in both versions, as one in 7,772 codenames is."""
    listed = WORDS["fr"]
    for number in range(1_000_000):
        drawn = [
            listed[int.from_bytes(octets(f"twice {number} {place}", 8), "big") % len(listed)]
            for place in range(7)
        ]
        check = check_word(drawn, "fr", 1)
        if check == check_word(drawn, "fr", 2):
            return [*drawn, check]
    raise SystemExit("no codename is right in both versions")


def codename_v2_vectors() -> Case:
    """Return codenames of version 2, and what is of version 1 or of none."""
    french, english = codename("one", "fr", 2), codename("two", "en", 2)
    first = codename("one", "fr")
    wrong = next(word for word in WORDS["fr"] if word not in {french[7], first[7]})
    third = check_word(french[:7], "fr", 3)
    numbered = "\n".join(starmap("{}. {},".format, enumerate(french, start=1)))
    return {
        "valid": [
            {"words": french, "language": "fr"},
            {"words": english, "language": "en"},
            {"words": codename("3", "fr", 2), "language": "fr"},
        ],
        "version_1": [first, codename("two", "en"), shared_codename(), right_twice()],
        "malformed": [
            no_codename(" ".join(french[:7]), "length", 7),
            no_codename(" ".join([*french, first[7]]), "length", 9),
            no_codename(" ".join([*french[:3], "qq7", *french[4:]]), "unknown", 8, [4]),
            no_codename(" ".join([*french[:7], wrong]), "checksum", 8),
            no_codename(" ".join([*french[:7], third]), "checksum", 8),
            no_codename(" ".join([french[1], french[0], *french[2:]]), "checksum", 8),
            no_codename(" ".join([*english[:6], english[7], english[6]]), "checksum", 8),
            no_codename(" ".join([*english[:7], check_word(english, "en", 2)]), "checksum", 8),
        ],
        "containing": [
            f"Bonjour. Mon nom est {' '.join(french)}, merci.",
            f"Voici :\n{numbered}\nMerci",
            "...".join(english),
            " ".join([french[3], *french]),
        ],
        "not_containing": [" ".join(french[:7]), " ".join([*french[:7], wrong])],
    }


def list_digest(language: str) -> str:
    """Return the SHA-256 of a list as it ships."""
    return hashlib.sha256("".join(f"{word}\n" for word in WORDS[language]).encode()).hexdigest()


def root_vectors() -> Case:
    """Return codenames under salts, and their roots."""
    cases = []
    for name, language in (("one", "fr"), ("two", "en")):
        text, salt = " ".join(codename(name, language)), octets(f"salt {name}", 16)
        root = argon2id(text.encode(), salt, passes=3, kib=65536)
        cases.append({"text": text, "salt": salt.hex(), "root": root.hex()})
    return {"valid": cases, "malformed_salts": ["", "00" * 15, "00" * 17]}


def root_v2_vectors() -> Case:
    """Return codenames of version 2 under salts, their roots, and what version 1 would make."""
    cases = []
    for name, language in (("one", "fr"), ("two", "en")):
        text, salt = " ".join(codename(name, language, 2)), octets(f"salt {name}", 16)
        root = argon2id(text.encode(), salt, passes=4, kib=131072)
        other = argon2id(text.encode(), salt, passes=3, kib=65536)
        cases.append(
            {"text": text, "salt": salt.hex(), "root": root.hex(), "not_root": other.hex()}
        )
    return {"valid": cases}
