"""The deliveries that a form names, and the page of the list that it was sent from."""

from collections.abc import Sequence

from flask import request
from sqlalchemy.orm import Session

from formats.handles import is_handle
from journalist_app.paging import View
from journalist_app.refusals import NothingChosen
from journalist_app.session import CurrentReviewer, current_reviewer
from storage import deliveries
from storage.models import Delivery
from web.errors import BadForm


def chosen_ids() -> list[str]:
    """Read the form's `id` fields, each once; raises NothingChosen or BadForm."""
    untrusted_ids = request.form.getlist("id")
    if not untrusted_ids:
        raise NothingChosen
    if not all(map(is_handle, untrusted_ids)):
        raise BadForm
    return sorted(set(untrusted_ids))


def view_of_form() -> View:
    """Read the form's `view` field: where its sender wants to be afterwards."""
    return View.returning(request.form.get("view", ""), current_reviewer().desks)


def visible(transaction: Session, reviewer: CurrentReviewer, ids: Sequence[str]) -> list[Delivery]:
    """Give those of these deliveries that are here and in one of the reviewer's desks.

    What is another desk's is as if it were not there: nobody learns that it is.
    """
    return [each for each in deliveries.get(transaction, ids) if each.desk in reviewer.desks]
