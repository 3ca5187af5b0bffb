"""Standard answers: kept by desk, changed and removed at their own desk only."""

import secrets

from storage import answers
from storage.answers import NewAnswer
from storage.engine import Database
from tests.storage.rows import add_desk


def new(desk: str = "nord", title: str = "Reçu") -> NewAnswer:
    return NewAnswer(
        id=secrets.token_hex(16), desk=desk, title=title, french="Merci.", english="Thank you."
    )


def test_answers_of_some_desks_in_the_order_of_their_titles(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        add_desk(s, "sud")
        for each in (new(title="B"), new("sud"), new(title="A")):
            answers.add(s, each)
    with db.read() as s:
        assert [each.title for each in answers.of_desks(s, ["nord"])] == ["A", "B"]
        assert len(answers.of_desks(s, ["sud", "nord"])) == 3
        assert answers.of_desks(s, []) == []
        assert answers.count(s, "nord") == 2


def test_another_desk_changes_and_removes_nothing(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        kept = new()
        answers.add(s, kept)
        foreign = NewAnswer(id=kept.id, desk="sud", title="x", french="x", english="x")
        assert not answers.change(s, foreign)
        assert not answers.remove(s, kept.id, "sud")
        found = answers.get(s, kept.id)
    assert found is not None
    assert (found.title, found.french, found.english) == ("Reçu", "Merci.", "Thank you.")


def test_changing_and_removing(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        kept = new()
        answers.add(s, kept)
        other = NewAnswer(id=kept.id, desk="nord", title="Vu", french="Vu.", english="Seen.")
        assert answers.change(s, other)
    with db.write() as s:
        found = answers.get(s, kept.id)
        assert found is not None
        assert found.english == "Seen."
        assert answers.remove(s, kept.id, "nord")
        assert answers.count(s, "nord") == 0
