"""What is let go leaves nothing behind that it said, and no bundle brings it back."""

import io
from pathlib import Path

from crypto.secret import Secret
from formats.courier import decode_courier
from formats.tar_reader import TarLimits, TarReader
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.document_texts import DocumentTexts
from viewing_station.forgetting import let_go, look_up
from viewing_station.station import Station, open_station

FILES = {"contrat.pdf": b"%PDF-1.7 secret" * 500}


def everything(station: Station) -> str:
    """Return all that the records hold, opened."""
    kinds = ("delivery", "message", "inner-message", "document-text", "reply", "reply-box")
    kinds += ("marks", "draft", "rewrap", "refusal", "forgotten", "copy")
    return "\n".join(
        kept.decode(errors="replace") for kind in kinds for kept in station.records.all(kind)
    )


def test_of_what_is_let_go_only_the_handle_stays(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    envelopes = server.receive(source, "Le nom du titulaire.", FILES)
    name = envelopes[0].entry.delivery
    bundle = server.bundle(envelopes)
    reviewer.open(bundle)
    thread = reviewer.thread()
    reviewer.run("label", thread, "--add", "drones")
    reviewer.run("note", thread, text="Voir le lot 2.")
    [archive] = (reviewer.home / "files").iterdir()
    with archive.open("rb") as held:  # what was overwritten is seen through the open file
        with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
            with station.records.change():
                DocumentTexts(station.records).put(name, 1, "mots du contrat")
            before = everything(station)
            assert all(
                each in before for each in ("titulaire", "mots du contrat", "drones", "lot 2")
            )
            let_go(station, look_up(station, [thread]))
            assert everything(station).split() == [name]
            assert station.outbox.deletion(name) is not None
        assert set(held.read()) == {0}
    assert list((reviewer.home / "files").iterdir()) == []
    assert reviewer.json("threads") == []

    [outcome] = reviewer.open_json(bundle)
    assert (outcome["delivery"], outcome["state"], outcome["trouble"]) == (name, "forgotten", None)
    assert reviewer.json("threads") == []
    assert "was forgotten here" in reviewer.open(bundle).stdout


def test_the_rest_of_a_thread_stays_with_its_marks_and_replies(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    first, second = server.receive(source, "Première."), server.receive(source, "Seconde.")
    reviewer.open(server.bundle([*first, *second]))
    thread = reviewer.thread()
    reviewer.run("label", thread, "--add", "drones")
    reviewer.run("forget", first[0].entry.delivery, "--yes")
    [entry] = reviewer.json("show", thread)["entries"]
    assert entry["text"] == "Seconde."
    assert reviewer.json("threads")[0]["labels"] == ["drones"]
    reviewer.run("courier", str(tmp_path / "c.tar"))
    content = io.BytesIO((tmp_path / "c.tar").read_bytes())
    manifest, _ = TarReader(content, TarLimits(9, 1 << 20, 1 << 20)).read_manifest()
    deleted = [item.delivery for item in decode_courier(manifest).deletions]
    assert deleted == [first[0].entry.delivery]


def test_an_arrived_reply_goes_along_and_is_never_offered_again(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Voici.")))
    thread = reviewer.thread()
    reviewer.run("reply", thread, text="Merci beaucoup.")
    assert "has not arrived on the server yet" in reviewer.refusal("forget", thread, "--yes")
    assert len(reviewer.json("threads")) == 1
    reviewer.run("courier", str(tmp_path / "c.tar"))
    reviewer.open(server.bundle([], couriers_taken=[reviewer.courier_id()]))
    reviewer.run("forget", thread, "--yes")
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        assert "beaucoup" not in everything(station)
    reviewer.open(server.bundle([], restored=True))
    reviewer.run("courier", str(tmp_path / "d.tar"))
    content = io.BytesIO((tmp_path / "d.tar").read_bytes())
    manifest, _ = TarReader(content, TarLimits(9, 1 << 20, 1 << 20)).read_manifest()
    assert decode_courier(manifest).replies == ()
