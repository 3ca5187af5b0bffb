"""The headers of every answer: the same ones, in the same order, whatever happened."""

import base64
import hashlib

from flask import Flask, Response, g, request

from web.circuits import circuit_of
from web.onion import Onion


def inline_source(text: str) -> str:
    """Name an inline style sheet or script for a Content-Security-Policy (CSP 3, section 2.3.1)."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def content_security_policy(
    *styles: str,
    scripts: tuple[str, ...] = (),
    fetching: bool = False,
    framed: bool = False,
    targets: tuple[str, ...] = (),
) -> str:
    """Allow our own inline styles, images inside the page, forms to ourselves, and no more.

    Where `framed`, our own pages may also stand in frames of our own pages, and of no others;
    where `fetching`, the scripts named may fetch from ourselves. `targets` are the origins to which
    the answer to a form may lead.
    """
    allowed = " ".join(scripts) or "'none'"
    leads = " ".join(("'self'", *targets))
    frames, fetched = ("'self'" if allow else "'none'" for allow in (framed, fetching))
    return (
        f"default-src 'none'; style-src {' '.join(map(inline_source, styles))}; "
        f"script-src {allowed}; connect-src {fetched}; img-src data:; frame-src {frames}; "
        f"form-action {leads}; frame-ancestors {frames}; base-uri 'none'"
    )


def strict_headers(
    app: Flask, policy: str, onion: Onion | None = None, *, framed: bool = False
) -> None:
    """Set the security headers on each answer of `app`; a page may have a policy (`g.policy`).

    Where it has an onion service, an answer that came another way names it (`Onion-Location`):
    Tor Browser then offers to go there. It names the front page, whatever page was asked for.

    The referrer stays within the site: with none at all, browsers send `Origin: null` with our
    own forms, and the guard of forms would have nothing to look at.
    """
    fixed = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "interest-cohort=(), browsing-topics=()",
        "Cache-Control": "no-store",
    }

    def harden(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers[name] = value
        if own := g.get("policy"):
            response.headers["Content-Security-Policy"] = own
        if onion is not None and circuit_of(request.environ) is None:
            response.headers["Onion-Location"] = f"http://{onion().host}/"
        response.headers.pop("Vary", None)
        return response

    app.after_request(harden)
