from collections.abc import Callable
from typing import Any

import pytest

from crypto.codename import parse
from crypto.errors import BadKey
from crypto.root import derive_root


def test_roots_are_those_of_another_argon2(vectors: Callable[[str], Any]) -> None:
    for case in vectors("root")["valid"]:
        root = derive_root(parse(case["text"]), bytes.fromhex(case["salt"]))
        assert root.reveal().hex() == case["root"]


def test_version_2_costs_what_it_says_and_gives_another_root(
    vectors: Callable[[str], Any],
) -> None:
    for case in vectors("root_v2")["valid"]:
        root = derive_root(parse(case["text"]), bytes.fromhex(case["salt"])).reveal().hex()
        assert root == case["root"]
        assert root != case["not_root"]


def test_a_salt_of_another_size_is_refused(vectors: Callable[[str], Any]) -> None:
    codename = parse(vectors("root")["valid"][0]["text"])
    for salt in vectors("root")["malformed_salts"]:
        with pytest.raises(BadKey):
            derive_root(codename, bytes.fromhex(salt))
