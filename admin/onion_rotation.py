"""Moving an app to a new onion address: a new service beside the old one, for some days.

Both lead to the same app, and let in the same clients. At the end the old one's key is destroyed,
by whoever knows that no tor serves it: the keeper, or a command where nobody serves.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from admin.errors import AdminError
from admin.onion_state import OnionState, Overlap, read_state, state_file, write_state
from admin.onions import CLOSED, lock_of, next_of, note_address, service_of
from admin.serving.shape import APP_NAMES
from tor.files import alone, hold
from tor.identity import OnionIdentity
from tor.service_dir import ServiceDirectory
from web.instance import Places

LET_GO_SECONDS = 60.0  # the keeper looks each second; a tor that is being started takes longer
LOOK_SECONDS = 0.2


def begin(
    places: Places, app: str, today: date, days: int, before: Callable[[Overlap], None]
) -> Overlap:
    """Make the new service, and do what must be done `before` it counts.

    Raises AdminError during a move, or where there is none to move.
    """
    if not service_of(places, app).exists:
        raise AdminError("There is no onion service yet: `vasistas onion publish` makes it.")
    with alone(lock_of(places)):
        state = read_state(places, app)
        _check_still(app, state)
        service_of(places, app).address()  # or KeyDamaged, before anything is made
        overlap = Overlap(_coming(places, app, state).path.name, today, today + timedelta(days))
        before(overlap)
        write_state(places, app, replace(state, overlap=overlap))
    return overlap


def _check_still(app: str, state: OnionState) -> None:
    if state.overlap is not None:
        raise AdminError(
            f"The {app} address is moving already, until {state.overlap.until}: end that with "
            f"`onion retire {app}`, or call it off with `onion rotate {app} --cancel`."
        )
    if state.retired:
        raise AdminError(
            f"The {app} address has just moved, and its old key is not destroyed yet: "
            f"`onion retire {app}` sees to it."
        )


def _coming(places: Places, app: str, state: OnionState) -> ServiceDirectory:
    """Make the new service's folder, or take up the one of a command that was cut off."""
    for path in places.onions.glob(f".{app}.{'?' * 56}.part"):
        ServiceDirectory(path).destroy()  # cut off earlier still: it was never whole
    for path in sorted(places.onions.glob(f"{app}.{'?' * 56}")):
        if path.name != state.current:
            return ServiceDirectory(path)
    identity = OnionIdentity.new()
    made = ServiceDirectory(places.onions / f"{app}.{identity.address.label}")
    made.make(identity, closed=app in CLOSED)
    return made


def extend(places: Places, app: str, until: date) -> Overlap:
    """Have the old address last longer; raises AdminError."""
    with alone(lock_of(places)):
        state = read_state(places, app)
        overlap = replace(_moving(app, state), until=until)
        write_state(places, app, replace(state, overlap=overlap))
    return overlap


def end(places: Places, app: str) -> None:
    """End a move: the new address is the only one. Raises AdminError where there is none."""
    with alone(lock_of(places)):
        state = read_state(places, app)
        coming = ServiceDirectory(places.onions / _moving(app, state).folder)
        coming.address()  # or KeyDamaged: the old one is all there is
        if app in CLOSED:
            coming.clients.check_sealed()
            coming.clients.follow(service_of(places, app).clients)
        write_state(places, app, OnionState(current=coming.path.name, retired=state.current))
        note_address(places, app)


def cancel(places: Places, app: str) -> None:
    """Call a move off: the old address stays, the new one goes. Raises AdminError."""
    with alone(lock_of(places)):
        state = read_state(places, app)
        folder = _moving(app, state).folder
        write_state(places, app, OnionState(current=state.current, retired=folder))


def destroy_retired(places: Places, served: frozenset[Path] = frozenset()) -> None:
    """Destroy what was retired, but for folders that are still `served`."""
    if not any(is_retiring(places, app) for app in APP_NAMES):
        return  # nearly always: the lock is not worth it
    with alone(lock_of(places)):
        for app in APP_NAMES:
            state = read_state(places, app)
            folder = places.onions / state.retired
            if state.retired and folder not in served:
                note_address(places, app)
                ServiceDirectory(folder).destroy()
                write_state(places, app, replace(state, retired=""))


def destroy_unserved(places: Places) -> bool:
    """Destroy what was retired, where nobody serves; tell whether that could be done here.

    Where somebody does, the keeper of the onion services does it.
    """
    if not any(is_retiring(places, app) for app in APP_NAMES):
        return True
    held = hold(places.onions_served)
    if held is None:
        return False
    try:
        destroy_retired(places)
    finally:
        os.close(held)
    return True


def has_moved(places: Places, app: str) -> bool:
    """Tell whether a move was ever begun."""
    return state_file(places, app).exists()


def is_retiring(places: Places, app: str) -> bool:
    """Tell whether a retired service's key is still to be destroyed."""
    return bool(read_state(places, app).retired)


def await_destroyed(places: Places, app: str) -> None:
    """Wait until whoever serves has let go of a retired service, and destroyed its key."""
    until = time.monotonic() + LET_GO_SECONDS
    while is_retiring(places, app):
        if time.monotonic() > until:
            raise AdminError(
                f"The running serve has not yet let go of it: `onion retire {app}` looks again."
            )
        time.sleep(LOOK_SECONDS)


def end_overdue(places: Places, today: date, *, keep: frozenset[str] = frozenset()) -> None:
    """End the moves whose last day is past, but for apps to `keep` at their old address."""
    for app in APP_NAMES:
        overlap = moving(places, app)
        if overlap is not None and overlap.over(today) and app not in keep:
            end(places, app)
    destroy_unserved(places)


def moving(places: Places, app: str) -> Overlap | None:
    """Give the move that is under way, if one is."""
    return read_state(places, app).overlap


def new_address(places: Places, app: str) -> str:
    """Give the host that an app moves to. Raises AdminError."""
    coming = next_of(places, app)
    if coming is None:
        raise AdminError(f"The {app} address is not moving: `onion rotate {app}` begins that.")
    return coming.address().host


def _moving(app: str, state: OnionState) -> Overlap:
    if state.overlap is None:
        raise AdminError(f"The {app} address is not moving: `onion rotate {app}` begins that.")
    return state.overlap
