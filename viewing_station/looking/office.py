"""Office documents and texts become a PDF, by LibreOffice, in the sandbox."""

import io
from collections.abc import Sequence
from typing import BinaryIO

from viewing_station.errors import StationError
from viewing_station.looking.script import OFFICE, script
from viewing_station.looking.tools import SOFFICE
from viewing_station.sandbox import MIB, SHELL, Limits, ToolFailedError, collected, run

PDF_LIMIT = 256 * MIB  # bytes of that PDF, which is held in memory here
CONVERTING = Limits(seconds=180)  # LibreOffice takes five to start on a slow machine
PROTECTED = 86  # how the script says that a password is wanted

# What a document is called inside decides how LibreOffice reads it; ours, of its own ending.
_ENDINGS = frozenset(
    {
        *("doc", "docx", "docm", "dot", "dotx", "rtf", "odt", "ott", "fodt", "xls", "xlsx", "xlsm"),
        *("ods", "fods", "ppt", "pptx", "pptm", "pps", "odp", "odg", "csv"),
    }
)
# LibreOffice's settings: no macros, whoever signed them; no links followed, without a question.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""


class ProtectedError(StationError):
    """It is protected by a password, so it cannot be looked at here."""


class NotConvertedError(StationError):
    """LibreOffice could not open it: it is damaged, or no document."""


def office_as_pdf(document: BinaryIO, ending: str) -> bytes:
    """Return the PDF of a document. Raises ProtectedError, NotConvertedError, SandboxError."""
    return _converted(document, ending if ending in _ENDINGS else "docx", ())


def text_as_pdf(text: str) -> bytes:
    """Return the PDF of a text, whatever it looks like. Raises as `office_as_pdf`."""
    as_text = "--infilter=Text (encoded):UTF8,LF,Liberation Mono,en-US,"  # never a page of the web
    return _converted(io.BytesIO(text.encode("utf-8", "replace")), "txt", (as_text,))


def _converted(document: BinaryIO, ending: str, reading: Sequence[str]) -> bytes:
    SOFFICE.require()
    taken, keep = collected(PDF_LIMIT)
    inside = f"document.{ending}"
    files = {inside: document, "settings": io.BytesIO(_SETTINGS.encode())}
    words = ["-c", script(OFFICE), "sh", inside, *reading]
    try:
        run(SHELL, words, keep, files=files, limits=CONVERTING)
    except ToolFailedError as failed:
        if failed.code == PROTECTED:
            raise ProtectedError from None
        raise NotConvertedError from None
    return bytes(taken)
