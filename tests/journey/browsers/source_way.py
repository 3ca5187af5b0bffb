"""The source's way, page by page, in any of the browsers, with a picture of each page."""

from collections.abc import Sequence
from pathlib import Path

from tests.journey.browsers.browser import Browser

BEGIN = "main form button.main"
SEND = "#delivery button.main"
ASK = "main form button.main"
LEAVE = "header button.leave"
PROGRESS = "iframe.progress"


class SourceWay:
    """A source at a browser; each method is one page or one press."""

    def __init__(self, browser: Browser, pictures: Path) -> None:
        self.browser, self._pictures = browser, pictures
        self.taken: list[Path] = []
        self.codename = ""

    def look(self, name: str) -> None:
        """Take the page's picture, and see that nothing sticks out of it."""
        path = self._pictures / f"{name}-{self.browser.name}.png"
        self.browser.picture(path)
        self.taken.append(path)
        assert self.browser.overflow() == 0, f"{name} is wider than its window"

    def arrive(self) -> None:
        """Open the front page, which sets no cookie."""
        self.browser.open("/")
        self.look("landing")
        assert self.browser.cookies() == {}

    def read_before(self) -> None:
        """Read what there is to read without a session, and come back in French."""
        for name in ("safety", "keys"):
            self.browser.open(f"/{name}")
            self.look(name)
        self.browser.open("/nowhere")
        assert self.browser.text("h1") == "Un problème"
        self.look("nowhere")
        self.browser.press("main a.button.main")
        self.browser.press("nav a[hreflang=en]")
        assert self.browser.text(BEGIN) == "Begin"
        self.look("landing-en")
        self.browser.press("nav a[hreflang=fr]")
        assert self.browser.text(BEGIN) == "Commencer"
        assert self.browser.cookies() == {}, "no page sets a cookie before the first visit"

    def begin(self) -> None:
        """Ask for a codename, and copy it as a person does."""
        self.browser.press(BEGIN)
        self.codename = " ".join(self.browser.text("#codename").split())
        assert len(self.codename.split()) == 8
        assert list(self.browser.cookies()) == ["vasistas"]
        self.look("deliver")

    def betray(self, message: str) -> None:
        """Write the codename into the message: it is refused, and the message kept."""
        self.browser.fill("#message", message)
        self.browser.click(SEND)
        self.browser.until(lambda: "nom de code" in self._progress(), "the refusal")
        assert self.browser.value("#message") == message, "the page stayed"
        self.look("deliver-refused")

    def _progress(self) -> str:
        """Read the frame that tells how far the delivery is."""
        return self.browser.text_in(PROGRESS, "body").replace("\N{NO-BREAK SPACE}", " ")

    def check_copy(self) -> None:
        """Type the codename back, wrong at first."""
        self.browser.press("a[href='/copy']")
        words = self.codename.split()
        self.browser.fill("#copy", " ".join([*words[:2], "zzz", *words[3:]]))
        self.browser.press(ASK)
        assert "Le mot 3 n’est pas le bon" in self.browser.text("[role=alert]")
        self.look("copy-wrong")
        self.browser.fill("#copy", self.codename.upper())
        self.browser.press(ASK)
        assert self.browser.text("p.fine") == "Votre copie est juste."
        self.look("deliver-copied")

    def deliver(self, message: str, files: Sequence[Path]) -> None:
        """Deliver, and read the receipt."""
        self.browser.fill("#message", message)
        self.browser.choose("#files", files)
        self.look("deliver-ready")
        self.browser.click(SEND)
        self.browser.until(lambda: "scellé et enregistré" in self._progress(), "the seal")
        assert f"Message : {len(message)} caractères." in self._progress()
        self.look("deliver-sealed")
        self.browser.press_in(PROGRESS, "a.button")
        receipt = self.browser.text("[role=status]")
        assert f"Message : {len(message)} caractères." in receipt.replace("\N{NO-BREAK SPACE}", " ")
        assert f"{len(files)}" in receipt.partition("Fichiers")[2]
        assert self.browser.count("article.delivery") == 1
        self.look("mailbox")

    def mistype(self, codename: str) -> None:
        """Come back with a word that is not in the list."""
        self.browser.open("/return")
        self.look("return")
        self.browser.fill("#codename", codename)
        self.browser.press(ASK)
        assert "le mot 8" in self.browser.text("[role=alert]").replace("\N{NO-BREAK SPACE}", " ")
        assert self.browser.value("#codename") == codename
        assert self.browser.cookies() == {}
        self.look("return-mistyped")

    def come_back(self) -> None:
        """Come back with the codename in capitals."""
        self.browser.fill("#codename", self.codename.upper())
        self.browser.press(ASK)
        assert self.browser.text("h1") == "Votre boîte"

    def read_reply(self, text: str) -> None:
        """Read the one reply, verbatim, and delete it."""
        assert self.browser.text("article.reply p.text") == text
        self.look("mailbox-reply")
        self.browser.press("article.reply button")
        assert self.browser.count("article.reply") == 0

    def withdraw(self) -> None:
        """Take the one delivery back."""
        self.browser.press("article.delivery button")
        assert self.browser.count("article.delivery") == 0
        self.look("mailbox-empty")

    def be_forgotten(self) -> None:
        """Ask to be forgotten, see what would go, and have it done."""
        self.browser.press("a[href='/forget']")
        self.look("forget")
        self.browser.press("main button.alarm")
        assert "disparaît d’ici quelques minutes" in self.browser.text("main")
        assert self.browser.cookies() == {}
        self.look("forgotten")

    def leave(self) -> None:
        """Leave: the cookie goes."""
        self.browser.press(LEAVE)
        assert self.browser.text("h1") == "Vous avez quitté"
        assert self.browser.cookies() == {}
        self.look("left")

    def look_back(self) -> None:
        """Go back, as another person at the same machine would: nothing is there to see."""
        self.browser.back()
        assert self.browser.text("h1") == "Un problème"
        assert self.browser.count("#codename, article") == 0
