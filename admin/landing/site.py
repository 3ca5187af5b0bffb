"""Writes the public page: one file a language, and configurations to serve them with."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from admin.errors import AdminError
from admin.landing.facts import Facts
from web.figures import show_fingerprint
from web.headers import inline_source
from web.languages import LANGUAGES, Catalogues, load_catalogues

FOLDER = Path(__file__).parent
SHEETS = (FOLDER.parents[1] / "web" / "style" / "palette.css", FOLDER / "style" / "landing.css")
SERVERS = ("nginx.conf", "apache.conf", "Caddyfile")
PAGES, EXAMPLES = "site", "servers"
QR_SCALE = 5  # pixels a module: large enough for a telephone held at arm's length
QR_BORDER = 4  # modules, as ISO/IEC 18004 wants it
PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755  # a web server's own user reads them


class FolderNotOurs(AdminError):
    """The folder holds other things than a page of ours."""


def write_site(facts: Facts, host: str, folder: Path, *, replace: bool) -> list[Path]:
    """Write everything into `folder`, whole or not at all; return the files, sorted.

    Raises FolderNotOurs where something else would be overwritten, and OSError.
    """
    if not replace and folder.exists() and any(folder.iterdir()):
        raise FolderNotOurs(f"{folder} is not empty; --force replaces a page written before.")
    files = {**dict(_pages(facts)), **dict(_examples(facts, host))}
    with _arriving(folder) as draft:
        for name, content in files.items():
            _write(draft / name, content)
    return sorted(folder / name for name in files)


def _pages(facts: Facts) -> Iterator[tuple[str, str]]:
    catalogues = load_catalogues([FOLDER / "translations"])
    # The instance's own language is what the address without a path shows.
    paths = {code: "" if code == facts.language else f"{code}/" for code in LANGUAGES}
    for code, path in paths.items():
        page = _environment(catalogues, code).get_template("landing.html")
        shown = page.render(
            facts=facts,
            language=code,
            others={other: _way(path, there) for other, there in paths.items() if other != code},
            style=Markup(_style()),  # noqa: S704  our own files, hashed in the policy
            policy=policy(),
            qr=segno.make(facts.address, error="m", boost_error=False).png_data_uri(
                scale=QR_SCALE, border=QR_BORDER
            ),
        )
        yield f"{PAGES}/{path}index.html", shown


def _examples(facts: Facts, host: str) -> Iterator[tuple[str, str]]:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "servers"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  not HTML; what goes in is checked: a host and an address
    )
    for name in SERVERS:
        text = environment.get_template(name).render(host=host, onion=facts.onion, policy=policy())
        yield f"{EXAMPLES}/{name}", text


def policy() -> str:
    """Return the Content-Security-Policy of the page: its own style, images inside, no more."""
    return (
        f"default-src 'none'; style-src {inline_source(_style())}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _style() -> str:
    return "\n".join(sheet.read_text("utf-8") for sheet in SHEETS)


def _environment(catalogues: Catalogues, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken = catalogues.of(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        spoken.gettext, spoken.ngettext, newstyle=True
    )
    environment.filters["groups"] = show_fingerprint
    return environment


def _way(here: str, there: str) -> str:
    return ("../" if here else "") + there or "./"


@contextmanager
def _arriving(folder: Path) -> Iterator[Path]:
    """Fill a folder beside, and put it, or what it holds, in place at the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)  # an interrupted command's
    draft.mkdir(PUBLIC_FOLDER)
    try:
        yield draft
        if not folder.exists() or not any(folder.iterdir()):
            draft.rename(folder)
            return
        for part in (PAGES, EXAMPLES):
            _swap(draft / part, folder / part)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _swap(new: Path, old: Path) -> None:
    if old.exists():
        shutil.rmtree(old)
    new.rename(old)


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(PUBLIC_FOLDER, parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    file.chmod(PUBLIC_FILE)
