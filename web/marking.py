"""Marks a text for the catalogues where it stands, to be translated where it is shown."""


def mark(text: str) -> str:
    """Give the text back; `pybabel extract -k mark` finds it."""
    return text
