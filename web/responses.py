"""Answers that are not pages."""

from flask import Response, make_response, render_template


def see_other(place: str) -> Response:
    """Send the browser on with GET (303). The body is a page like any other, of its size."""
    response = make_response(render_template("moved.html", place=place), 303)
    response.headers["Location"] = place
    return response
