"""A reviewer with documents before them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


@dataclass(frozen=True)
class Desk:
    """One delivery that was opened, and the reviewer who inspects and cleans."""

    reviewer: Reviewer
    handle: str

    def inspect(self, file: str, *words: str) -> list[str]:
        """Return what inspecting one document says."""
        [document] = self.reviewer.json("inspect", self.handle, file, *words)
        return [finding["sentence"] for finding in document["findings"]]

    def clean(self, file: str, *words: str) -> Any:
        return self.reviewer.json("clean", self.handle, file, *words)

    def content(self, copy: Any, folder: Path) -> bytes:
        """Return a copy's bytes."""
        file = folder / f"{copy['id']}-{copy['name']}"
        self.reviewer.run("copies", "export", copy["id"], str(file))
        assert file.stat().st_mode & 0o777 == 0o600
        return file.read_bytes()


def desk_with(reviewer: Reviewer, server: SmallServer, files: dict[str, bytes]) -> Desk:
    """Deliver files, and open them."""
    envelopes = server.receive(Source(), "Voici.", files)
    reviewer.open(server.bundle(envelopes))
    return Desk(reviewer, envelopes[0].entry.delivery)
