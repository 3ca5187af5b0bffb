"""The commands in the documents exist, with their options, and both READMEs give the same."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from admin.cli import vasistas
from tests.docs.pages import PAGES, ROOT, Page, page
from viewing_station.cli import station
from viewing_station.commands.export_ways import ExportGroup

PROGRAMS: dict[str, click.Group] = {"vasistas": vasistas, "viewing-station": station}
VENV = ".venv/bin/"
TARGET = re.compile(r"\bmake ([a-z-]+)")

each_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


def commands_of(line: str) -> Iterator[list[str]]:
    """Yield those commands of a shell line that call one of our programs."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in {"|", ";"}:
            words.append(word)
            continue
        if words and words[0].removeprefix(VENV) in PROGRAMS:
            yield words
        words = []


def problem(words: list[str], *, whole: bool) -> str | None:
    """Say what is wrong with a call; a call that is not `whole` may leave things out."""
    command: click.Command = PROGRAMS[words[0].removeprefix(VENV)]
    rest, used, values = iter(words[1:]), set[str](), 0
    for word in rest:
        if word == "…":
            return None
        if word.startswith("-"):
            option = _option(command, word.partition("=")[0])
            if option is None:
                return None if word == "--help" else f"{command.name} has no option {word}"
            used.add(option.name or "")
            if not option.is_flag and "=" not in word and next(rest, None) is None:
                return f"{word} wants a value"
        elif isinstance(command, click.Group):
            found = command.commands.get(word)
            if found is None and not isinstance(command, ExportGroup):
                return f"{command.name} has no command {word}"
            # A group that is a command as well takes any other word for its first value.
            command, used, values = found or command.otherwise, set(), int(found is None)
        else:
            values += 1
    return _missing(command, used, values) if whole else _surplus(command, values)


def _option(command: click.Command, word: str) -> click.Option | None:
    for param in command.params:
        if isinstance(param, click.Option) and word in (*param.opts, *param.secondary_opts):
            return param
    return None


def _missing(command: click.Command, used: set[str], values: int) -> str | None:
    if isinstance(command, click.Group):
        return None if command.invoke_without_command else f"{command.name} wants a command"
    wanted = [p for p in command.params if isinstance(p, click.Option) and p.required]
    absent = [option.opts[0] for option in wanted if option.name not in used]
    if absent:
        return f"{command.name} wants {absent}"
    if values < sum(argument.required for argument in _arguments(command)):
        return f"{command.name} wants more arguments"
    return _surplus(command, values)


def _surplus(command: click.Command, values: int) -> str | None:
    arguments = _arguments(command)
    without_end = any(argument.nargs == -1 for argument in arguments)
    return None if without_end or values <= len(arguments) else f"{command.name}: too many values"


def _arguments(command: click.Command) -> list[click.Argument]:
    return [param for param in command.params if isinstance(param, click.Argument)]


@pytest.mark.parametrize(
    "line",
    [
        "vasistas desk lend ville",
        "vasistas desk add ville",
        "vasistas desk add ville --name",
        "vasistas desk add ville --nom Ville",
        "vasistas desk add --name Ville",
        "vasistas desk pause ville lyon",
        "vasistas desk",
        "viewing-station open",
        "viewing-station export THREAD",
        "viewing-station export THREAD DIR --mapping FILE",
        "viewing-station export uwazi DIR MORE",
        "viewing-station export drive",
        "echo x | viewing-station reply THREAD --loud",
    ],
)
def test_a_wrong_call_is_found(line: str) -> None:
    assert [problem(words, whole=True) for words in commands_of(line)] != [None]


@pytest.mark.parametrize("line", ["export THREAD DIR --json", "export uwazi --print-mapping"])
def test_a_word_can_be_a_command_and_a_group(line: str) -> None:
    words = ["viewing-station", *line.split()]
    assert problem(words, whole=True) is None


def test_calls_are_found_in_pipes_and_below_the_environment() -> None:
    line = 'echo "a | b" | .venv/bin/viewing-station reply THREAD'
    assert list(commands_of(line)) == [[".venv/bin/viewing-station", "reply", "THREAD"]]
    assert list(commands_of("echo vasistas desk")) == []


@each_page
def test_every_command_in_a_block_can_be_typed(shown: Page) -> None:
    for line in shown.shell_lines():
        for words in commands_of(line):
            assert problem(words, whole=True) is None, f"{shown.name}: {line}"


@each_page
def test_every_command_in_a_sentence_exists(shown: Page) -> None:
    for code in shown.inline_code():
        if code.partition(" ")[0] in PROGRAMS and " " in code:
            assert problem(code.split(), whole=False) is None, f"{shown.name}: {code}"


def leaves(group: click.Group, before: str) -> Iterator[str]:
    """Yield all commands of a program, groups spelled out."""
    if isinstance(group, ExportGroup):
        yield before
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


@pytest.mark.parametrize(
    ("program", "guide"),
    [("vasistas", "docs/running.md"), ("viewing-station", "docs/viewing-station.md")],
)
def test_every_command_is_in_its_guide(program: str, guide: str) -> None:
    text = page(guide).text
    assert [name for name in leaves(PROGRAMS[program], program) if name not in text] == []


@each_page
def test_every_make_target_exists(shown: Page) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert "test" in targets
    named = [*shown.shell_lines(), *shown.inline_code()]
    for code in named:
        for target in TARGET.findall(code):
            assert target in targets, f"{shown.name}: {code}"


def test_both_readmes_have_the_same_commands() -> None:
    english, french = page("README.md"), page("README.fr.md")
    assert list(english.shell_lines()) == list(french.shell_lines())
    assert len(list(english.shell_lines())) > 8
    assert english.relative_links()[1:] == french.relative_links()[1:]


FRENCH = [
    "README.fr.md",
    "docs/key-rotation.fr.md",
    "docs/onion-services.fr.md",
    "docs/viewing-station.fr.md",
]


@pytest.mark.parametrize("name", FRENCH)
def test_french_is_written_as_it_is_printed(name: str) -> None:
    words = re.sub(r"`[^`\n]+`|\]\([^)]+\)", "", page(name).prose)
    assert "'" not in words, "French takes its own apostrophe"
    assert re.findall(r".{0,20}(?<![\u00a0\s|])[?!;:»](?:\s|$)", words) == []
    assert re.findall(r".{0,20} [?!;:»]|« ", words) == []
