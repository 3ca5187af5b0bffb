from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.config import CONFIG_NAME, Config, load_config, render_config
from web.errors import ConfigError

INSTANCE = "0123456789abcdef" * 2
LEAST = f'name = "Essai"\ninstance = "{INSTANCE}"\n'

WRONG = {
    "name = 3": "name must be a text",
    "quick_replies = 1": "quick_replies must be true or false",
    'quick_replies = "true"': "quick_replies must be true or false",
    "delivery_max_bytes = 1.5": "delivery_max_bytes must be a whole number, 0 or more",
    "delivery_max_bytes = -1": "delivery_max_bytes must be a whole number, 0 or more",
    "delivery_max_bytes = true": "delivery_max_bytes must be a whole number, 0 or more",
    'delivery_max_bytes = "2 GiB"': "delivery_max_bytes must be a whole number, 0 or more",
    "delivery_max_bytes = 0": "delivery_max_bytes must be from 1 to 1099511627776",
    "files_max = 1001": "files_max must be from 1 to 1000",
    "uploads_at_once = 0": "uploads_at_once must be from 1 to 120",
    "source_idle_minutes = 0": "source_idle_minutes must be from 1 to 10080",
    "source_session_hours = 99999999999999": "source_session_hours must be from 1 to 168",
    "reply_days = 1000000": "reply_days must be from 1 to 3650",
    'language = "de"': "language must be one of fr, en",
    "language = 1": "language must be a text",
    'hosts = "example.onion"': "hosts must be a list of host names",
    "hosts = [1]": "hosts must be a list of host names",
    'database = "mysql://localhost/x"': "database must be sqlite:///PATH or postgresql://…",
    'database = "sqlite://"': "database must be sqlite:///PATH or postgresql://…",
    'database = "nonsense"': "database must be sqlite:///PATH or postgresql://…",
    "colour = 1": "there is no setting named colour",
    "[table]": "there is no setting named table",
    "not toml at all": "is not valid TOML",
    f"files_max = {'9' * 5000}": "is not valid TOML",
}


def load(folder: Path, text: str | bytes) -> Config:
    content = text if isinstance(text, bytes) else text.encode()
    (folder / CONFIG_NAME).write_bytes(content)
    return load_config(folder)


@pytest.mark.parametrize(("line", "sentence"), WRONG.items())
def test_a_wrong_value_is_told_in_a_sentence(tmp_path: Path, line: str, sentence: str) -> None:
    name = line.partition(" ")[0]
    rest = "".join(kept for kept in LEAST.splitlines(keepends=True) if not kept.startswith(name))
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, rest + line + "\n")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["name", "instance"])
def test_what_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    lines = [line for line in LEAST.splitlines() if not line.startswith(missing)]
    with pytest.raises(ConfigError, match=f"{missing} is missing"):
        load(tmp_path, "\n".join(lines))


@pytest.mark.parametrize("instance", ["", "abc", INSTANCE.upper(), INSTANCE + "0", "../" * 11])
def test_an_instance_that_no_letter_could_name_is_refused(tmp_path: Path, instance: str) -> None:
    with pytest.raises(ConfigError, match="instance must be"):
        load(tmp_path, f'name = "Essai"\ninstance = "{instance}"\n')


def test_a_folder_without_an_instance_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`vasistas init` makes one"):
        load_config(tmp_path)


def test_bytes_that_are_no_text_are_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        load(tmp_path, b"name = \xff\xfe")


def test_a_wrong_database_url_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, LEAST + 'database = "mysql://u:hunter2@localhost/x"\n')
    assert "hunter2" not in str(caught.value)


def test_the_repr_shows_no_database_password() -> None:
    config = Config("Essai", INSTANCE, database="postgresql://u:hunter2@localhost/x")
    assert "hunter2" not in repr(config)


def test_the_defaults_are_those_that_were_promised() -> None:
    config = Config("Essai", INSTANCE)
    assert (config.delivery_max_bytes, config.message_max_characters) == (2 << 30, 100_000)
    assert (config.reply_days, config.quick_replies, config.language) == (180, False, "fr")


texts = st.text(st.characters(exclude_categories=["Cs"]))
configs = st.builds(
    Config,
    name=texts,
    instance=st.just(INSTANCE),
    language=st.sampled_from(["fr", "en"]),
    database=st.sampled_from(["", "sqlite:////srv/v.db", "postgresql://u:p%22w@h:5432/v?x=é"]),
    blobs=texts,
    delivery_max_bytes=st.integers(1, 1 << 40),
    files_max=st.integers(1, 1000),
    day_max_bytes=st.integers(0, 1 << 62),
    first_message_min_characters=st.integers(0, 5000),
    quick_replies=st.booleans(),
    hosts=st.lists(texts, max_size=3).map(tuple),
)


@given(configs)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, config: Config
) -> None:
    folder = tmp_path_factory.mktemp("home")
    assert load(folder, render_config(config)) == config


def test_only_what_differs_is_written() -> None:
    lines = render_config(Config("Essai", INSTANCE, files_max=7)).splitlines()[1:]
    assert lines == ['name = "Essai"', f'instance = "{INSTANCE}"', "files_max = 7"]
