from pathlib import Path

import pytest

from admin import onion_rotation
from admin.errors import AdminError
from admin.onion_state import state_file
from admin.onions import make_services, service_of
from admin.serving.onion_names import Remembered, announcements_of, names_of
from tests.admin.moving import announced, begun
from web.services import Services


def test_an_app_knows_its_names_at_each_moment(services: Services, tmp_path: Path) -> None:
    places = services.instance.places
    make_services(places)
    names = {app: names_of(places, app) for app in ("source", "journalist")}
    old = service_of(places, "source").address().host
    assert names["source"]().hosts == {old}
    begun(services)
    overlap = names["source"]().overlap
    assert overlap is not None
    assert not overlap.announced
    assert names["source"]().hosts == {old, overlap.new}
    move = announced(services, tmp_path)
    told = names["source"]().overlap
    assert told is not None
    assert (told.new, told.until, told.announced) == (overlap.new, move.until, True)
    onion_rotation.end(places, "source")
    assert names["source"]().hosts == {overlap.new}
    assert names["journalist"]().overlap is None
    begun(services, "journalist")
    reviewers = names["journalist"]().overlap
    assert reviewers is not None
    assert not reviewers.announced


def test_the_public_files_are_there_as_soon_as_they_are_pinned(
    services: Services, tmp_path: Path
) -> None:
    begun(services)
    files = announcements_of(services.instance.places)
    assert files().key == b""
    move = announced(services, tmp_path)
    assert files().new == move.new
    assert files().key


def test_a_damaged_file_leaves_what_was_known(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(services)
    places = services.instance.places
    names = names_of(places, "source")
    before = names()
    state_file(places, "source").write_bytes(b"{}")
    assert names() == before
    assert names() == before
    assert capsys.readouterr().err.count("fault") == 1
    with pytest.raises(AdminError):
        names_of(places, "source")()


def test_a_value_is_made_once_for_the_same_files(tmp_path: Path) -> None:
    made: list[int] = []
    file = tmp_path / "a"
    value = Remembered((file,), lambda: made.append(1))
    for step in (lambda: None, lambda: file.write_text("a"), lambda: file.write_text("ab")):
        step()
        value()
        value()
    file.unlink()
    value()
    assert len(made) == 4
