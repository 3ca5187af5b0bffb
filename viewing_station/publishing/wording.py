"""What pages and notes say around a publication, in French and in English."""

from dataclasses import dataclass
from datetime import date

from viewing_station.publications import Publication, Words

MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
KIBI, UNITS = 1024, ("", "Ki", "Mi", "Gi", "Ti")


@dataclass(frozen=True)
class Wording:
    """The words of one language."""

    language: str
    other: str  # how the other language calls itself
    heading: str
    many: str
    city: str
    technology: str
    supplier: str
    when: str
    source: str
    location: str
    files: str
    document: str
    attachment: str
    size: str  # of one byte
    sums: str

    def title(self, publication: Publication) -> tuple[str, str]:
        """Return its title and the language that is in."""
        return _in(publication.title, self.language)

    def summary(self, publication: Publication) -> tuple[str, str]:
        """Return its summary, which may be empty, and the language that is in."""
        return _in(publication.summary or {}, self.language)

    def facts(self, publication: Publication) -> list[tuple[str, str]]:
        """Return what is known of it but its source, by name."""
        place = publication.location
        told = [
            (self.city, publication.city),
            (self.technology, ", ".join(publication.technology)),
            (self.supplier, ", ".join(publication.supplier)),
            (self.when, self.day(publication.day)),
            (self.location, f"{place.latitude}, {place.longitude}" if place else ""),
        ]
        return [(name, value) for name, value in told if value]

    def day(self, day: date | None) -> str:
        """Say a day in words."""
        if day is None:
            return ""
        month = MONTHS[self.language].split()[day.month - 1]
        number = "1er" if (self.language, day.day) == ("fr", 1) else str(day.day)
        return f"{number} {month} {day.year}"

    def measure(self, size: int) -> str:
        """Say a size in bytes: `1,4 Mio`, `1.4 MiB`."""
        amount, step = float(size), 0
        while amount >= KIBI and step < len(UNITS) - 1:
            amount, step = amount / KIBI, step + 1
        shown = f"{amount:.1f}" if step else str(size)
        if self.language == "fr":
            shown = shown.replace(".", ",")
        return f"{shown}\N{NO-BREAK SPACE}{UNITS[step]}{self.size}"


def _in(words: Words, language: str) -> tuple[str, str]:
    """Choose French words where there are none of a language."""
    return (words[language], language) if language in words else (words.get("fr", ""), "fr")


FRENCH = Wording(
    language="fr",
    other="Français",
    heading="Documents publiés",
    many="Dans cette page",
    city="Ville",
    technology="Technologie",
    supplier="Fournisseur",
    when="Date",
    source="Source",
    location="Position",
    files="Fichiers",
    document="Document",
    attachment="Pièce jointe",
    size="o",
    sums="Les sommes SHA-256 de tous les fichiers permettent de vérifier qu’ils sont entiers.",
)
ENGLISH = Wording(
    language="en",
    other="English",
    heading="Published documents",
    many="On this page",
    city="City",
    technology="Technology",
    supplier="Supplier",
    when="Date",
    source="Source",
    location="Position",
    files="Files",
    document="Document",
    attachment="Attachment",
    size="B",
    sums="The SHA-256 checksums of all files show whether they are whole.",
)
BOTH = (FRENCH, ENGLISH)
