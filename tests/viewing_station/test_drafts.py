"""Replies that are not sealed yet."""

from tests.viewing_station.interface.test_desk_screen import opened
from tests.viewing_station.reviewer import Reviewer
from viewing_station.drafts import Drafts

THREAD, OTHER = "ab" * 16, "cd" * 16


def test_each_thread_has_one_and_an_empty_one_is_none(reviewer: Reviewer) -> None:
    with opened(reviewer) as station:
        drafts = Drafts(station.records)
        with station.records.change():
            drafts.put(THREAD, "First.")
            drafts.put(OTHER, "Être là.\n")
            drafts.put(THREAD, "Second.")
    with opened(reviewer) as station:
        drafts = Drafts(station.records)
        assert drafts.all() == {THREAD: "Second.", OTHER: "Être là.\n"}
        with station.records.change():
            drafts.put(THREAD, " \n")
        assert drafts.all() == {OTHER: "Être là.\n"}
