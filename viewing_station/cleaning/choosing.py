"""Which way a document is cleaned when nobody says: as thoroughly as its kind allows."""

from viewing_station.cleaning.errors import NoMethodError
from viewing_station.copies import Method
from viewing_station.inspecting.inspection import Inspection
from viewing_station.inspecting.kinds import Kind

PAGED = frozenset(
    {
        *(Kind.PDF, Kind.OOXML, Kind.ODF, Kind.OLE, Kind.RTF, Kind.IMAGE, Kind.TEXT, Kind.MAIL),
        *(Kind.OUTLOOK, Kind.MARKUP, Kind.FLAT_ODF),
    }
)
# What mat2 of Debian 12 knows, of what it is any use for here. Not films: for them it starts a
# sandbox of its own whatever it is told, which cannot be set up within ours.
METADATA_SUFFIXES = frozenset(
    {
        *(".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".odg", ".odc", ".odf"),
        *(".jpg", ".png", ".gif", ".tiff", ".heic", ".svg", ".html", ".txt"),
        *(".mp3", ".flac", ".ogg", ".wav", ".aiff"),
    }
)
WAYS = {Method.METADATA: "taking metadata out", Method.PAGES: "making pages"}
WAYS[Method.MEDIA] = "transcoding"


def choose(inspection: Inspection, wanted: Method | None, name: str) -> Method:
    """Return the method to use. Raises NoMethodError where it is none for this kind."""
    if wanted is None and inspection.kind is Kind.MEDIA:
        method = Method.MEDIA
    else:
        method = wanted or Method.PAGES
    if _fits(inspection, method):
        return method
    raise NoMethodError(
        name=name, method=WAYS[method], kind=_a(inspection.kind), advice=_advice(inspection)
    )


def _fits(inspection: Inspection, method: Method) -> bool:
    if method is Method.MEDIA:
        return inspection.kind is Kind.MEDIA
    if method is Method.PAGES:
        return inspection.kind in PAGED
    return inspection.suffix in METADATA_SUFFIXES


def _a(kind: Kind) -> str:
    if kind is Kind.UNKNOWN:
        return "what is of no known kind"
    article = "an" if kind.value[0] in "aeiouAEIOU" or kind is Kind.RTF else "a"
    return f"{article} {kind.value}"


def _advice(inspection: Inspection) -> str:
    if inspection.kind is Kind.ARCHIVE:
        return "name a file in it with --member"
    for method in (Method.PAGES, Method.MEDIA, Method.METADATA):
        if _fits(inspection, method):
            return f"try --method {method.value}"
    return "nothing that is known here can clean it"
