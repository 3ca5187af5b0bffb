"""Which version of the codename is drawn, and what can be said of what is left of the one before.

Nothing here or anywhere tells which version a delivery's codename has. All that is known is a day:
what lay here before it was made with codenames of earlier versions; what came since, with any.
"""

from dataclasses import asdict, dataclass
from datetime import date

from admin.custody.holding import holding_keys
from crypto.codename_versions import VERSIONS, CodenameVersion
from storage.codename_ages import count_before
from storage.history import Deed
from web.codename_choice import CodenameChoice, read_choice, write_choice
from web.history import note
from web.services import Services


@dataclass(frozen=True)
class CodenameState:
    """The version drawn, since when, and what lies here from before that day.

    `since` and the numbers are None where no other version was ever drawn.
    """

    version: int
    known: tuple[int, ...]
    since: date | None = None
    deliveries_before: int | None = None
    replies_before: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return what `--json` prints."""
        return asdict(self) | {"since": self.since.isoformat() if self.since else None}


def draw_version(services: Services, version: CodenameVersion) -> bool:
    """Have new codenames be of this version; False if they are already. Raises AdminError."""
    path = services.instance.places.codename_choice
    with holding_keys(services):
        if read_choice(path).version is version:
            return False
        with services.db.write() as transaction:
            note(services, transaction, Deed.CODENAMES_CHANGED, number=version.number)
        write_choice(path, CodenameChoice(version), services.today)
    return True


def codename_state(services: Services) -> CodenameState:
    """Say what is known."""
    choice = read_choice(services.instance.places.codename_choice)
    number, known = choice.version.number, tuple(version.number for version in VERSIONS)
    if choice.since is None:
        return CodenameState(number, known)
    with services.db.read() as transaction:
        before = count_before(transaction, choice.since)
    return CodenameState(number, known, choice.since, before.deliveries, before.replies)


def said_of(state: CodenameState) -> list[str]:
    """Return the state as sentences."""
    if state.since is None:
        return [f"New codenames are of version {state.version}, as all are."]
    here = f"{state.deliveries_before} deliveries and {state.replies_before} replies are here"
    return [
        f"New codenames are of version {state.version} since {state.since}.",
        f"From before that day {here}; of which version all others are, nothing here tells.",
    ]
