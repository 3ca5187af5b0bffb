"""A delivery of 2 GiB passes with the memory of one of 2 MiB."""

import os
import shutil

import pytest

from tests.journey.house import House
from tests.journey.measuring import MIB, highest_pss, send_delivery

ALLOWED = 20 * MIB
LARGE = 2048 - 1  # MiB; the form itself stays under the limit of 2 GiB


def test_a_delivery_of_2_gib_takes_the_memory_of_one_of_2_mib(house: House) -> None:
    if shutil.disk_usage(house.home).free < 5 << 30:
        pytest.skip("less than 5 GiB of disk are free")
    chunk = os.urandom(MIB)
    with house.serving():
        assert house.process is not None
        source = house.source().first_visit()
        for _ in range(4):  # both workers have done it once
            send_delivery(house, source, chunk, 2)
        with highest_pss(house.process.pid) as small:
            for _ in range(3):
                send_delivery(house, source, chunk, 2)
        with highest_pss(house.process.pid) as large:
            send_delivery(house, source, chunk, LARGE)
    assert small[0] > 0
    assert large[0] - small[0] <= ALLOWED, f"{(large[0] - small[0]) / MIB:.1f} MiB more"
