"""Names that a stranger chose can be kept, told apart and shown."""

# ruff: noqa: RUF001, names that look like others are what this is about

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.names import NAME_LIMIT, Names, all_distinct, can_be_carried, safe_name, visible

# Any code points at all, and more often those that do harm.
nasty = st.sampled_from([*'/\\<>:"|?*. \t\n\0_-~()', "\u202e", "\u200b", "\u0301", "\ud800", "…"])
any_character = st.characters() | st.characters(categories=["Cs", "Cf", "Cc", "Mn", "Zs"]) | nasty
any_name = (
    st.text(any_character, max_size=40)
    | st.text(nasty, max_size=12)
    | st.tuples(st.sampled_from(["con", "NUL", "com¹", "x" * 250]), st.text(nasty)).map("".join)
    | st.text(any_character, min_size=200, max_size=3000)
)


@given(any_name)
def test_a_safe_name_is_harmless(untrusted: str) -> None:
    name = safe_name(untrusted)
    assert 0 < len(name.encode("utf-8")) <= NAME_LIMIT
    assert not set(name) & set("/\\")
    assert name not in {".", ".."}
    unseen = set(name) - {"\u200c", "\u200d"}
    assert not {unicodedata.category(character) for character in unseen} & {"Cc", "Cf", "Cs"}


@given(any_name)
def test_a_safe_name_comes_back_unchanged(untrusted: str) -> None:
    name = safe_name(untrusted)
    assert safe_name(name) == name
    assert can_be_carried(name)


@given(st.lists(any_name, max_size=8))
def test_an_archives_names_are_safe_and_distinct(untrusted: list[str]) -> None:
    names = Names(reserved=["padding"])
    given_names = [names.add(name) for name in [*untrusted, *untrusted]]
    assert all(map(can_be_carried, given_names))
    assert all_distinct([*given_names, "padding"])


@pytest.mark.parametrize(
    "name",
    [
        "réunion 14 mars — notes.txt",
        "CCTP vidéo algorithmique.docx",
        "photo mât 12.jpg",
        "🙂.png",
        "محضر الاجتماع.pdf",
        "会议记录.pdf",
        "a.tar.gz",
        "-rf",
        "~",
        "letter.json",
        "CONSEIL.pdf",
        "2026",
        "100 % à l’œil.odt",
        "compte rendu : lot 2 ?.txt",
        "　a .pdf. ",
        ".bashrc",
        "e\u0301te\u0301.txt",
        "می\u200cخواهم.pdf",
        "👩\u200d🚒.png",
        "CON",
    ],
)
def test_ordinary_names_stay(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("untrusted", "safe"),
    [
        ("", "_"),
        (".", "_"),
        ("..", "_"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\Users\\m\\a.pdf", "C:_Users_m_a.pdf"),
        ("\\\\server\\share", "__server_share"),
        ("a\nb\r\0c\x7f\x85", "a_b__c__"),
        ("ordre\u202efdp.exe", "ordre_fdp.exe"),
        ("a\u200b\ufeff\u2066b", "a___b"),
        ("a\u2028b\u2029", "a_b_"),
        ("tag\U000e0041", "tag_"),
        ("\ud800.txt", "_.txt"),
        ("\udcff", "_"),
    ],
)
def test_untrusted_names_known_answers(untrusted: str, safe: str) -> None:
    assert safe_name(untrusted) == safe


def test_a_name_too_long_keeps_its_beginning_and_its_extension() -> None:
    name = safe_name("é" * 10_000 + ".docx")
    assert name == "é" * 125 + ".docx"
    assert len(name.encode()) == NAME_LIMIT
    assert safe_name("a" * 10_000) == "a" * NAME_LIMIT
    assert safe_name("a." + "b" * 10_000) == "a." + "b" * (NAME_LIMIT - 2)
    assert safe_name("🙂" * 10_000) == "🙂" * (NAME_LIMIT // 4)
    assert safe_name("a" * 300 + "." + "b" * 31) == "a" * 223 + "." + "b" * 31
    assert safe_name("a" * 300 + "." + "b" * 32) == "a" * 255


def test_a_name_of_combining_marks_takes_no_time() -> None:
    # Canonical ordering of marks can be quadratic; only the ends of a name are looked at.
    assert can_be_carried(safe_name("a" + "\u0301\u0323" * 500_000))


def test_names_taken_are_numbered_before_the_extension() -> None:
    names = Names()
    assert [names.add("x.pdf") for _ in range(3)] == ["x.pdf", "x (2).pdf", "x (3).pdf"]
    assert names.add("X.PDF") == "X (4).PDF"
    assert names.add("x (2).pdf") == "x (2) (2).pdf"
    assert names.add("sans extension") == "sans extension"
    assert names.add("sans extension") == "sans extension (2)"
    assert names.add("e\u0301") == "e\u0301"
    assert names.add("É") == "É (2)"


def test_reserved_names_are_never_given_in_any_case() -> None:
    names = Names(reserved=("padding",))
    assert names.add("padding") == "padding (2)"
    assert names.add("PADDING") == "PADDING (3)"
    assert names.add("padding.txt") == "padding.txt"


def test_a_number_fits_into_the_longest_name() -> None:
    names = Names()
    longest = "é" * 125 + ".docx"
    assert names.add(longest) == longest
    assert names.add(longest) == "é" * 123 + " (2).docx"
    assert names.add("a" * 255) == "a" * 255
    assert names.add("a" * 255) == "a" * 251 + " (2)"


def test_many_files_of_one_name_cost_one_attempt_each() -> None:
    names = Names()
    assert [names.add("x") for _ in range(20_000)][-1] == "x (20000)"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "a\nb", "\x85", "\ud800", "é" * 128]
)
def test_what_cannot_be_carried(name: str) -> None:
    assert not can_be_carried(name)


@given(st.text(any_character), st.booleans())
def test_what_is_shown_holds_nothing_unseen(text: str, multiline: bool) -> None:  # noqa: FBT001, hypothesis gives it by position
    kept = set("\n\t\u200c\u200d") if multiline else set()
    shown = set(visible(text, multiline=multiline)) - kept
    assert not {unicodedata.category(character) for character in shown} & {
        *("Cc", "Cf", "Cs", "Zl", "Zp")
    }


@pytest.mark.parametrize(
    ("text", "one_line", "lines"),
    [
        ("é — 🙂", "é — 🙂", "é — 🙂"),
        ("a\nb\tc", "a⟨U+000A⟩b⟨U+0009⟩c", "a\nb\tc"),
        ("a\r\nb\rc", "a⟨U+000D⟩⟨U+000A⟩b⟨U+000D⟩c", "a\nb⟨U+000D⟩c"),
        ("\x1b[2J", "⟨U+001B⟩[2J", "⟨U+001B⟩[2J"),
        ("\x9b2J", "⟨U+009B⟩2J", "⟨U+009B⟩2J"),
        ("a\u202eb", "a⟨U+202E⟩b", "a⟨U+202E⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b", "a⟨U+200B⟩b"),
        ("می\u200cخواهم", "می⟨U+200C⟩خواهم", "می\u200cخواهم"),
        ("\U000e0041", "⟨U+E0041⟩", "⟨U+E0041⟩"),
        ("\udc80", "⟨U+DC80⟩", "⟨U+DC80⟩"),
    ],
)
def test_visible_known_answers(text: str, one_line: str, lines: str) -> None:
    assert visible(text) == one_line
    assert visible(text, multiline=True) == lines
