"""What each version is: its table may grow, and what stands in it may not change."""

import pytest

from crypto.codename_versions import FIRST, VERSIONS, codename_version
from crypto.errors import BadKey


def test_the_versions_are_those_that_someones_words_depend_on() -> None:
    assert [(v.number, v.check.value, v.passes, v.memory >> 20) for v in VERSIONS] == [
        (1, b"vasistas-cn-v1", 3, 64),
        (2, b"vasistas-cn-v2", 4, 128),
    ]
    assert FIRST is VERSIONS[0]


def test_a_version_is_found_by_its_number() -> None:
    assert [codename_version(v.number) for v in VERSIONS] == list(VERSIONS)
    for number in (0, 3, -1):
        with pytest.raises(BadKey, match=f"no version {number}"):
            codename_version(number)


def test_each_version_costs_more_than_the_one_before() -> None:
    costs = [version.passes * version.memory for version in VERSIONS]
    assert costs == sorted(set(costs))
