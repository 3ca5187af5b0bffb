"""What Uwazi's importer is given keeps to the rules that its source lays down."""

import csv
import io
import random
import re
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewing_station.publishing.house import Desk, pdf
from viewing_station.errors import BadFieldError
from viewing_station.publication_fields import checked_fields
from viewing_station.publications import Publication
from viewing_station.publishing.mapping import decode_mapping, default_text
from viewing_station.publishing.release import Part, Work
from viewing_station.publishing.uwazi import table

Row = dict[str, str]


def export(desk: Desk, folder: Path, *words: str) -> None:
    desk.reviewer.run("export", "uwazi", str(folder), *words)


def rows(archive: Path) -> list[Row]:
    """Read the table as any reader of CSV does."""
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        text = opened.read("import.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_publication_becomes_a_row_and_its_files(desk: Desk, tmp_path: Path) -> None:
    document, picture = pdf("le document"), b"\x89PNG " + bytes(range(256))
    primary = desk.copy(document)
    attached = [desk.copy(picture, "image/png"), desk.copy(b"a,b\n", "text/csv")]
    words = [word for one in attached for word in ("--attach", one)]
    words += ["--city", "Saint-Étienne", "--date", "2026-03-14", "--location", "-20.9,55.5"]
    words += ["--technology", "caméras", "--technology", "drones, deux", "--supplier", 'Dit "X"']
    words += ["--source", "L’article|https://example.org/a?b=c", "--summary", "Un\n\ndeux; trois"]
    desk.publish(*words, primary=primary, title="Marché de vidéo, lot 2")
    export(desk, tmp_path / "out")
    [row] = rows(tmp_path / "out" / "uwazi-1.zip")
    files = [row.pop("file"), *row.pop("attachments").split("|")]
    assert row == {
        "title": "Marché de vidéo, lot 2",
        "ville": "Saint-Étienne",
        "technologie": "caméras|drones, deux",
        "fournisseur": 'Dit "X"',
        "date": "2026-03-14",
        "source": "L’article|https://example.org/a?b=c",
        "resume": "Un\n\ndeux; trois",
        "lieu_geolocation": "-20.9|55.5",
    }
    with zipfile.ZipFile(tmp_path / "out" / "uwazi-1.zip") as opened:
        assert [opened.read(name) for name in files] == [document, picture, b"a,b\n"]
        assert opened.namelist() == ["import.csv", *files]
    assert [name.rpartition(".")[2] for name in files] == ["pdf", "png", "csv"]


def test_file_names_are_ascii_and_made_by_chance(desk: Desk, tmp_path: Path) -> None:
    id_ = desk.publish("--attach", desk.copy(b"x", "application/x-strange"))
    names = set()
    for turn in range(3):
        export(desk, tmp_path / str(turn), "--only", id_)
        with zipfile.ZipFile(tmp_path / str(turn) / "uwazi-1.zip") as opened:
            found = opened.namelist()[1:]
        assert all(re.fullmatch(r"document-01-[0-9a-f]{8}\.(pdf|bin)", name) for name in found)
        names |= set(found)
    assert len(names) == 6


def test_the_archive_says_nothing_of_when_where_and_by_whom(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    export(desk, tmp_path / "out")
    archive = tmp_path / "out" / "uwazi-1.zip"
    with zipfile.ZipFile(archive) as opened:
        assert opened.comment == b""
        for entry in opened.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.extra, entry.comment) == (b"", b"")
            assert entry.external_attr >> 16 == 0o100600
            assert entry.compress_type == zipfile.ZIP_STORED
    content = archive.read_bytes()
    local = [at for at in range(len(content)) if content.startswith(b"PK\x03\x04", at)]
    assert len(local) == 2
    for at in local:
        flags, extra = struct.unpack_from("<H", content, at + 6)[0], content[at + 28 : at + 30]
        assert (flags, extra) == (0, b"\0\0")
    assert archive.stat().st_mode & 0o777 == 0o600
    assert archive.stat().st_mtime == (tmp_path / "out").stat().st_mtime == 315_532_800


def test_at_most_fifty_stand_in_one_archive_in_no_order_of_arrival(
    desk: Desk, tmp_path: Path
) -> None:
    primary = desk.copy(pdf("x"))
    ids = [desk.publish(primary=primary, title=f"n{number:03}") for number in range(51)]
    export(desk, tmp_path / "out")
    first, second = (rows(tmp_path / "out" / f"uwazi-{number}.zip") for number in (1, 2))
    assert (len(first), len(second)) == (50, 1)
    titles = [row["title"] for row in (*first, *second)]
    assert titles == [f"n{ids.index(id_):03}" for id_ in sorted(ids)]
    assert titles != sorted(titles)


def test_a_title_in_two_languages_has_two_columns_and_none_without(
    desk: Desk, tmp_path: Path
) -> None:
    desk.publish("--title-in", "en", "A title", title="Un titre")
    desk.publish("--summary", "Résumé", title="Seul")
    export(desk, tmp_path / "out")
    found = {row["title__fr"]: row for row in rows(tmp_path / "out" / "uwazi-1.zip")}
    assert found["Un titre"]["title__en"] == "A title"
    assert found["Seul"]["title__en"] == "Seul"  # an empty title would stop the import
    assert found["Seul"]["resume"] == "Résumé"
    for row in found.values():
        assert "title" not in row
        assert not [name for name in row if name.startswith(("file__", "attachments__"))]


def test_the_table_begins_with_its_first_column_and_is_parted_by_commas(
    desk: Desk, tmp_path: Path
) -> None:
    desk.publish(title="a;b;c")
    export(desk, tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "uwazi-1.zip") as opened:
        header, row = opened.read("import.csv").decode().splitlines()
    assert header == (
        "title,file,attachments,ville,technologie,fournisseur,date,source,resume,lieu_geolocation"
    )
    assert row.startswith("a;b;c,document-01-")


def test_a_mapping_of_ones_own_names_the_columns(desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[properties]\nsupplier = { name = "vendor_2", kind = "text" }\n'
        'summary = { name = "abstract", kind = "text" }\n'
    )
    desk.publish("--supplier", "A", "--supplier", "B", "--summary-in", "en", "Short")
    export(desk, tmp_path / "out", "--mapping", str(mapping))
    [row] = rows(tmp_path / "out" / "uwazi-1.zip")
    assert row["vendor_2"] == "A, B"
    assert (row["abstract__en"], row["abstract__fr"]) == ("Short", "")
    assert "abstract" not in row


def test_several_values_for_a_property_that_takes_one_are_refused(
    desk: Desk, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[properties]\nsupplier = { name = "vendor", kind = "select" }\n')
    desk.publish("--supplier", "A", "--supplier", "B")
    told = desk.reviewer.refusal(
        "export", "uwazi", str(tmp_path / "out"), "--mapping", str(mapping)
    )
    assert told == 'supplier of "Un titre" has several values, and the mapping has room for one.'
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("seed", range(3))
def test_any_text_that_is_taken_comes_out_of_the_table_as_it_went_in(
    desk: Desk, tmp_path: Path, seed: int
) -> None:
    signs = random.Random(seed).choices(list("a,;\"'|éß\t 0::=+-@#\u00a0—"), k=200)  # noqa: S311
    title = "x" + "".join(signs).replace("\t", " ").strip()
    desk.publish("--summary", "x" + "".join(signs).rstrip() + "\nfin", title=title)
    export(desk, tmp_path / "out")
    [row] = rows(tmp_path / "out" / "uwazi-1.zip")
    assert row["title"] == title
    assert row["resume"] == "x" + "".join(signs).rstrip() + "\nfin"


SIGNS = "abé ,;\"'|:\n=+-@#0\u00a0—"


@given(st.dictionaries(st.sampled_from(["fr", "en", "de"]), st.text(SIGNS)), st.text(SIGNS))
def test_a_table_is_read_as_it_was_written(summaries: dict[str, str], value: str) -> None:
    fields = {"title": "x" + value.replace("\n", " "), "summary": summaries, "supplier": [value]}
    try:
        taken = checked_fields(fields)
    except BadFieldError:
        return
    part = Part("document-01-00000000.pdf", 1, lambda: iter([b"x"]), "", "")
    work = Work(Publication(id="x", primary="y", **taken), part, ())
    mapping = decode_mapping(default_text().encode(), "it")
    content = table([work], mapping)
    assert content.isascii() or content.decode()
    [row] = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
    summary = {name.partition("__")[2] or "fr": row[name] for name in row if "resume" in name}
    assert summary == dict.fromkeys(summary, (taken["summary"] or {}).get("fr", "")) | (
        taken["summary"] or {}
    )
    assert row["title"] == taken["title"]["fr"]
    assert row["fournisseur"] == "|".join(taken["supplier"])
    headers = list(row)
    bare = {name.partition("__")[0] for name in headers if "__" in name}
    assert not bare & set(headers)
    for name in headers:
        assert re.fullmatch(r"[a-z0-9_]+", name)
        assert row[name][:1] not in "=+-@" or row[name] == ""
