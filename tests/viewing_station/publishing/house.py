"""A reviewer's desk with a thread full of canaries, and clean copies of its documents."""

import hashlib
import io
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pikepdf

from crypto.secret import Secret
from formats.handles import new_item_id
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.copies import Copy, Method
from viewing_station.marks import Marks
from viewing_station.station import Station, open_station

# Everything the thread says or is called, each word found nowhere else.
MESSAGE = "zanzibarine"
NAMES = ("quokkarapport interne.pdf", "wombatphoto mât 12.jpg")
REPLY = "numbatreponse"
NOTE = "bilbynote"
LABEL = "potoroolabel"
ASSIGNEE = "kowariperson"
REMAINING = "dunnartremaining"


@dataclass
class Desk:
    """A reviewer, what the station keeps of one thread, and how to make copies there."""

    reviewer: Reviewer
    server: SmallServer
    handle: str
    thread: str
    name: str
    copies: list[Copy] = field(default_factory=list)

    def copy(self, content: bytes, media_type: str = "application/pdf", **facts: object) -> str:
        """Put a copy into the station, as cleaning does; return its id."""
        with open_station(self.reviewer.home, Secret(PASSPHRASE.encode())) as station:
            copy = self._kept(station, content, media_type, **facts)
        self.copies.append(copy)
        return copy.id

    def _kept(self, station: Station, content: bytes, media_type: str, **facts: object) -> Copy:
        with station.vault.draft() as draft:
            draft.write(content)
            draft.finish()
            archive = station.vault.keep(draft)
        copy = Copy(
            id=new_item_id(),
            thread=self.thread,
            delivery=self.handle,
            document=NAMES[0],
            member="",
            original=hashlib.sha256(b"original").hexdigest(),
            method=Method.PAGES,
            name=f"{NAMES[0]} (clean).pdf",
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            archive=archive,
            day=date(2026, 11, 25),
        )
        copy = replace(copy, **facts)  # type: ignore[arg-type]  # a test knows a copy's fields
        with station.records.change():
            station.copies.put(copy)
        return copy

    def publish(self, *words: str, primary: str = "", title: str = "Un titre") -> str:
        """Make a publication that is publishable; return its id."""
        primary = primary or self.copy(pdf("un document"))
        given = ["--primary", primary, "--title", title, "--ready", *words]
        return str(self.reviewer.json("publish", "new", *given)["id"])

    def canaries(self) -> dict[str, str]:
        """Name every string that must not leave the station, and give it."""
        with open_station(self.reviewer.home, Secret(PASSPHRASE.encode())) as station:
            archives = {f"archive {one.id}": one.archive for one in station.copies.all()}
            copies = {f"copy {one.id}": one.id for one in station.copies.all()}
            kept = {f"publication {one.id}": one.id for one in station.publications.all()}
            instance = station.settings.instance
            seed = station.settings.seed.reveal().hex()
        words = self.name.replace("-", " ")
        return (
            archives
            | copies
            | kept
            | {
                "message": MESSAGE,
                "reply": REPLY,
                "note": NOTE,
                "label": LABEL,
                "assignee": ASSIGNEE,
                "file name": "quokkarapport",
                "other file name": "wombatphoto",
                "remaining": REMAINING,
                "handle": self.handle,
                "thread": self.thread,
                "friendly name": self.name,
                "friendly words": words,
                "instance": instance.instance,
                "instance's name": instance.name,
                "original": hashlib.sha256(b"original").hexdigest(),
                "home": str(self.reviewer.home),
                "seed": seed,
                "delivery's day": "2024-02-29",
                "delivery's day in words": "29 février 2024",
                "delivery's day in English": "29 Feb",
                "program": "vasistas",
            }
        )


def pdf(text: str) -> bytes:
    """Return a PDF that says one thing and carries nothing else."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.Contents = document.make_stream(f"% {text}".encode())
    sink = io.BytesIO()
    document.save(sink, deterministic_id=True)
    return sink.getvalue()


def desk(reviewer: Reviewer, server: SmallServer) -> Desk:
    """Open a delivery full of canaries, mark its thread, and answer it."""
    files = {NAMES[0]: pdf("original") + b"% original", NAMES[1]: b"\xff\xd8\xff original"}
    envelopes = server.receive(Source(), MESSAGE, files, day=date(2024, 2, 29))
    reviewer.open(server.bundle(envelopes))
    [listed] = reviewer.json("threads")
    reviewer.run("reply", listed["id"], text=REPLY)
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        marks = Marks(listed["id"], (LABEL,), NOTE, ASSIGNEE, starred=True)
        with station.records.change():
            station.marks.put(marks)
    return Desk(reviewer, server, envelopes[0].entry.delivery, listed["id"], listed["name"])


def read_all(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by its name."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
