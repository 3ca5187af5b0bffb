"""Traces in running text: paths of a disk or a share, and names that look like a machine's."""

import re

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight

# Where a path ends: at what cannot stand in one, or where XML goes on.
PATH = re.compile(
    r"""(?<![\w.])(?:
        [A-Za-z]:[\\/](?:[^\\/:*?"<>|\r\n\t&]{1,255}[\\/]){1,40}[^\\/:*?"<>|\r\n\t&]{0,255}
      | \\\\[\w.$-]{1,255}(?:\\[^\\/:*?"<>|\r\n\t&]{1,255}){1,40}\\?
      | file:/{1,5}[^\s"<>&]{1,1000}
      | /(?:home|Users)/[^/\s"<>&]{1,100}/[^\s"<>&]{0,1000}
    )""",
    re.VERBOSE,
)
HOST = re.compile(
    r"\b(?:(?:DESKTOP|LAPTOP|WIN|PC|POSTE)-[A-Z0-9]{3,15}"
    r"|(?:[A-Z]{2,12}[A-Z0-9]{0,12}-){1,4}[A-Z0-9]{0,8}\d{2,}[A-Z0-9]{0,8})\b"
)
USER = re.compile(r"(?i)(?:Users|Documents and Settings|home)[\\/]+([^\\/]{1,100})[\\/]")
NO_HOSTS = ("ISO-", "UTF-", "COVID-", "RFC-", "SHA-", "IEC-", "CVE-", "NF-", "EN-", "MP-")
PUBLIC = frozenset({"public", "default", "all users", "shared"})
POSITION = re.compile(r"[+-]\d{2}\.\d{2,}[+-]\d{3}\.\d{2,}")  # ISO 6709, as films carry it
LOOKED_AT = 4 << 20  # characters of one part
PATHS_LIMIT = 50  # of one part


def tell_traces(examination: Examination, item: Item, where: str, text: str) -> None:
    """Tell of all of these in a value."""
    tell_host(examination, item, where, text)
    tell_paths(examination, item, where, text)
    for position in POSITION.findall(text[:LOOKED_AT])[:PATHS_LIMIT]:
        examination.tell(
            item, Weight.POINTS, where, position, "It says where it was taken: {value}"
        )


def tell_paths(examination: Examination, item: Item, where: str, text: str) -> None:
    """Tell of paths that name a server, a folder, or the user whose folder it is."""
    for count, found in enumerate(PATH.finditer(text[:LOOKED_AT])):
        if count >= PATHS_LIMIT:
            return
        path = found[0].rstrip(" .,;)'")
        user = USER.search(path)
        if user and user[1].lower() not in PUBLIC:
            examination.tell(
                item, Weight.NAMES, where, path, "It holds a path with a user's name: {value}"
            )
        elif path.startswith("\\\\"):
            examination.tell(
                item, Weight.NAMES, where, path, "It names a server and a folder there: {value}"
            )
        else:
            examination.tell(
                item, Weight.POINTS, where, path, "It holds a path of the author's disk: {value}"
            )


def tell_host(examination: Examination, item: Item, where: str, text: str) -> None:
    """Tell of what looks like a workstation's name in a value that someone or something set."""
    for host in HOST.findall(text[:LOOKED_AT])[:PATHS_LIMIT]:
        if host.startswith(NO_HOSTS):
            continue
        examination.tell(
            item,
            Weight.NAMES,
            where,
            host,
            "It seems to name the workstation it was written on: {value}",
        )
