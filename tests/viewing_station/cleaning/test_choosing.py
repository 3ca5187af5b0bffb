"""Without a wish the thorough way is taken; a way that does not fit is refused."""

import pytest

from viewing_station.cleaning.choosing import choose
from viewing_station.cleaning.errors import NoMethodError
from viewing_station.copies import Method
from viewing_station.inspecting.inspection import Inspection
from viewing_station.inspecting.kinds import Kind

UNCLEANED = {Kind.ARCHIVE, Kind.EMPTY, Kind.UNKNOWN, Kind.XMP}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_thorough_way_or_none(kind: Kind) -> None:
    inspection = Inspection(kind, "", ())
    if kind in UNCLEANED:
        with pytest.raises(NoMethodError):
            choose(inspection, None, "x")
    else:
        thorough = Method.MEDIA if kind is Kind.MEDIA else Method.PAGES
        assert choose(inspection, None, "x") is thorough


@pytest.mark.parametrize("suffix", ["", ".mp4", ".msg", ".eml", ".zip", ".rtf"])
def test_mat2_is_not_asked_for_what_it_does_not_know(suffix: str) -> None:
    with pytest.raises(NoMethodError):
        choose(Inspection(Kind.TEXT, suffix, ()), Method.METADATA, "x")
