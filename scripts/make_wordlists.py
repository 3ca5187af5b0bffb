"""Make crypto/words/*.txt from the lists of the `diceware` package.

It drops what is not `[a-z]+` and what came before, and keeps the order. (A word of `[a-z]+` is its
own normalisation, so none of those kept can be mistaken for another, however it is typed.)
It was run once; the lists it made are pinned by SHA-256 in tests/crypto/test_wordlists.py. Run it
again only to see that it gives the same: another order would be another checksum.
"""

import hashlib
import re
from importlib import resources
from pathlib import Path

LISTS = {"en": "wordlist_en_eff.txt", "fr": "wordlist_fr.txt"}
NUMBERED_WORD = re.compile(r"[1-6]{5}\s+([a-z]+)")
WORDS = Path(__file__).resolve().parent.parent / "crypto" / "words"


def kept(lines: list[str]) -> list[str]:
    """Return the words worth keeping, in their order and once each."""
    matches = map(NUMBERED_WORD.fullmatch, lines)
    return list(dict.fromkeys(match[1] for match in matches if match))


def main() -> None:
    """Write both lists and print their sizes and digests."""
    for language, name in LISTS.items():
        source = resources.files("diceware").joinpath("wordlists", name)
        chosen = kept(source.read_text("utf-8").splitlines())
        data = "".join(f"{word}\n" for word in chosen).encode("ascii")
        (WORDS / f"{language}.txt").write_bytes(data)
        print(f"{language}: {len(chosen)} words, SHA-256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
