"""The pictures of one's own account and of the pages for admins, in their states."""

from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import Page

ASKED = ("passphrase", "totp", "recovery")


class Camera(Protocol):
    """A window, and what it takes."""

    page: Page

    def take(self, name: str) -> None:
        """Take the whole page's picture."""


def walk(camera: Camera, login: dict[str, str], codes: list[str]) -> None:
    """Go through the pages of an admin who is logged in; `codes` are recovery codes to spend."""
    page = camera.page

    def prove(code: str) -> None:
        page.fill("[name=passphrase]", login["passphrase"])
        page.fill("[name=code]", code)
        page.locator("main form button.main").last.click()

    page.goto("/account")
    camera.take("reviewers-account")
    for name in ASKED:
        page.goto(f"/account/{name}")
        camera.take(f"reviewers-{name}")
    prove("000000")
    camera.take("reviewers-recovery-problem")
    _secrets(camera, prove, codes)
    _reviewers(camera, prove, codes)
    _desks(camera)


def _secrets(camera: Camera, prove: Callable[[str], None], codes: list[str]) -> None:
    page = camera.page
    page.goto("/account/passphrase")
    prove(codes.pop())
    camera.take("reviewers-passphrase-shown")
    page.goto("/account/passphrase/confirm")
    page.fill("[name=typed]", "sept mots qui ne sont pas les bons")
    page.click("main form button.main")
    camera.take("reviewers-passphrase-problem")
    page.goto("/account/totp")
    prove(codes.pop())
    camera.take("reviewers-totp-shown")


def _reviewers(camera: Camera, prove: Callable[[str], None], codes: list[str]) -> None:
    page = camera.page
    page.goto("/admin/reviewers")
    camera.take("admin-reviewers")
    one = page.locator("main a[href^='/admin/reviewers/']:not([href$=add])").first
    address = one.get_attribute("href") or ""
    for name in ("", "/change", "/reset", "/remove"):
        page.goto(address + name)
        camera.take(f"admin-reviewer{name.replace('/', '-')}")
    page.goto("/admin/reviewers/add")
    camera.take("admin-reviewer-add")
    page.fill("[name=name]", "a b")
    prove(codes.pop())
    camera.take("admin-reviewer-add-problem")
    page.fill("[name=name]", f"zoe-{len(codes)}{address[-4:]}")
    page.locator("[name=desk]").first.check()
    prove(codes.pop())
    camera.take("admin-reviewer-added")


def _desks(camera: Camera) -> None:
    page = camera.page
    page.goto("/admin/desks")
    camera.take("admin-desks")
    page.goto("/admin/new-desk")
    camera.take("admin-desk-new")
    page.goto("/admin/desks")
    address = page.locator("main a[href^='/admin/desks/']").first.get_attribute("href") or ""
    for name in ("", "/limits", "/key", "/station", "/station/remove"):
        page.goto(address + name)
        camera.take(f"admin-desk{name.replace('/', '-')}")
    page.goto(address)
    page.locator("a[href$='/retire']").first.click()
    camera.take("admin-desk-key-retire")
    page.goto("/admin/desks/nowhere")
    camera.take("admin-desk-nowhere")
