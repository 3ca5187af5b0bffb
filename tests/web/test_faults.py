import threading
from typing import NoReturn

import pytest

from web.faults import report_fault

SECRET = "codename-of-alice"


class Here(Exception):
    pass


class Elsewhere(Exception):
    pass


class InThreads(Exception):
    pass


def raised(kind: type[Exception]) -> Exception:
    try:
        _raise(kind(SECRET))
    except kind as error:
        return error
    raise AssertionError


def _raise(error: Exception, cause: Exception | None = None) -> NoReturn:
    raise error from cause


def test_a_line_names_class_and_place_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    report_fault(raised(Here))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("fault: Here at test_faults.py:")
    assert said.err.count("\n") == 1
    assert SECRET not in said.err


def test_neither_cause_nor_context_nor_notes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        _raise(Elsewhere(SECRET), raised(Here))
    except Elsewhere as error:
        error.add_note(SECRET)
        report_fault(error)
    assert SECRET not in capsys.readouterr().err


def test_the_same_fault_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    errors = [raised(InThreads) for _ in range(20)]
    threads = [threading.Thread(target=report_fault, args=(error,)) for error in errors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert capsys.readouterr().err.count("fault: InThreads") == 1


def test_an_error_that_was_never_raised_has_no_place(capsys: pytest.CaptureFixture[str]) -> None:
    report_fault(type("NeverRaised", (Exception,), {})(SECRET))
    assert capsys.readouterr().err == "fault: NeverRaised at ?\n"
