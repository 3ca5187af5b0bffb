"""Every state in which a source can see a page: its HTML, under a name, with the route it is of."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from crypto.codename import generate
from formats.reply import Origin
from source_app.session import SourceSessions
from tests.source_app.house import DESK, Browser, House, new_keys
from web.progress import ProgressLine

TOR = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
TOR_PHONE = "Mozilla/5.0 (Android 10; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
MIB = 1 << 20
# Routes that lead on or give files, and show no page of their own but the one that refuses.
NO_PAGES = {
    "GET /language/<language>",
    "POST /elsewhere",
    "POST /mailbox/reply/delete",
    "POST /mailbox/delivery/withdraw",
    "GET /keys/<slug>_asc",
    "GET /instance_json",
    "GET /announcement_json",
    "GET /announcement-key_json",
    "GET /succession_json",
    "GET /encryption/<name>",
}


@dataclass(frozen=True)
class State:
    """A page as it was answered."""

    route: str
    name: str
    html: str


Visit = Callable[[str], str]


def states(house: House, language: str) -> Iterator[State]:
    """Walk through them all. The house offers encryption and has one desk, then two."""
    for walk in (_entry, _first_visit, _progress, _mailbox, _leaving, _problems):
        yield from walk(house, language)
    house.add_desk("sud")
    house.add_desk("nord", key=False)
    stranger = house.browser(language)
    yield State("GET /", "several desks", stranger.get("/").text)
    yield State("POST /codename", "no such desk", stranger.post("/codename", desk="x").text)
    yield State("GET /keys", "several desks", stranger.get("/keys").text)
    several = house.visit(new_keys(), language=language)
    yield State("GET /deliver", "several desks", several.get("/deliver").text)


def _entry(house: House, language: str) -> Iterator[State]:
    for name, agent in (("Tor Browser", TOR), ("telephone", TOR_PHONE), ("other", "x")):
        headers = {"User-Agent": agent, "Accept-Language": language}
        for path in ("/", "/safety"):
            answer = house.browser(language).client.get(path, headers=headers)
            yield State(f"GET {path}", name, answer.text)
    stranger = house.browser(language)
    for path in ("/return", "/keys", "/elsewhere", "/progress"):
        yield State(f"GET {path}", "stranger", stranger.get(path).text)
    good = generate("fr").words
    typed = {
        "too short": "un deux",
        "unknown": " ".join([*good[:6], "xyzzy", "plugh"]),
        "checksum": " ".join([*good[:7], "abaisser" if good[7] != "abaisser" else "abandon"]),
    }
    for name, words in typed.items():
        yield State("POST /return", name, stranger.post("/return", codename=words).text)
    with ExitStack() as held:
        while slot := house.services.derivations.acquire():
            held.enter_context(slot)
        busy = stranger.post("/return", codename=generate("fr").text)
    yield State("POST /return", "busy", busy.text)


def _first_visit(house: House, language: str) -> Iterator[State]:
    browser = house.browser(language)
    browser.post("/codename", desk=DESK)
    yield State("GET /deliver", "codename in sight", browser.get("/deliver").text)
    yield State("GET /deliver", "codename folded", browser.get("/deliver").text)
    yield State("GET /copy", "", browser.get("/copy").text)
    yield State("POST /copy", "wrong", browser.post("/copy", copy="un deux trois").text)
    codename = house.session(browser).codename
    browser.post("/copy", copy=codename or "")
    yield State("GET /deliver", "copied", browser.get("/deliver").text)
    yield State("POST /deliver", "refused", browser.deliver("").text)
    yield State("GET /elsewhere", "in a session", browser.get("/elsewhere").text)


def _line(house: House, browser: Browser) -> ProgressLine:
    cookie = browser.client.get_cookie("vasistas")
    assert cookie is not None
    session = SourceSessions(house.services).keeper.find(cookie.value)
    assert session is not None
    return house.services.progress.begin(session.id, 10 * MIB)


def _progress(house: House, language: str) -> Iterator[State]:
    browser = house.visit(new_keys(), language=language)
    line = _line(house, browser)
    steps: dict[str, Callable[[], object]] = {
        "nothing yet": lambda: None,
        "under way": lambda: line.received(4 * MIB),
        "sealing": lambda: line.received(10 * MIB),
        "refused": lambda: line.refused("DiskNearlyFull"),
        "sealed": lambda: line.sealed(3, 9 * MIB, 120),
    }
    for name, step in steps.items():
        step()
        yield State("GET /progress", name, browser.get("/progress").text)


def _mailbox(house: House, language: str) -> Iterator[State]:
    keys = new_keys()
    browser = house.visit(keys, language=language)
    yield State("GET /mailbox", "empty", browser.get("/mailbox").text)
    yield State("GET /forget", "nothing", browser.get("/forget").text)
    browser.deliver("Un message.", [("a.txt", b"a" * 999)])
    yield State("GET /mailbox", "receipt", browser.get("/mailbox").text)
    house.reply(keys, "Merci.\nEncore une ligne, assez longue pour aller au bout de sa colonne.")
    house.reply(keys, "En ligne", origin=Origin.ONLINE)
    house.reply(keys, b"damaged")
    for text in ("<" * 8000, "'" * 8000):
        house.reply(keys, text)
    house.add_rows(keys, 2)
    for number in range(3):
        yield State("GET /mailbox", f"page {number}", browser.get(f"/mailbox?p={number}").text)
    yield State("GET /forget", "something", browser.get("/forget").text)
    browser.post("/mailbox/reply/delete", all="1")
    yield State("GET /mailbox", "notice", browser.get("/mailbox").text)


def _leaving(house: House, language: str) -> Iterator[State]:
    browser = house.visit(new_keys(), language=language)
    yield State("POST /forget", "", browser.post("/forget").text)
    yield State("POST /leave", "", house.browser(language).post("/leave").text)


def _problems(house: House, language: str) -> Iterator[State]:
    stranger = house.browser(language)
    yield State("GET /mailbox", "no session", stranger.get("/mailbox").text)
    yield State("POST /codename", "forged", stranger.post("/nowhere").text)
