"""From tags to findings."""

import re
from collections.abc import Iterable

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.properties import tell_custom
from viewing_station.inspecting.structure import says_nothing
from viewing_station.inspecting.tag_rules import Rule, rule_for
from viewing_station.inspecting.tags import Tag
from viewing_station.inspecting.traces import tell_traces

OTHERS_SHOWN = 12  # of the tags no rule knows, which are told together
BINARY = re.compile(r"\(Binary data \d+ bytes.*\)")
# It cannot read what is no picture or film; whatever it warns of there is told by others.
WARNINGS_TOLD = re.compile(r"(?i).*(corrupt|truncat|invalid|bad|error|more than|format).*")
LATITUDE = re.compile(r"(″ [NS]), ")
RAW_POSITION = re.compile(r"GPS(Latitude|Longitude|Coordinates)")


def tell_tags(examination: Examination, item: Item, tags: Iterable[Tag]) -> None:
    """Tell what the tags of a file say."""
    telling = [tag for tag in tags if not says_nothing(tag)]
    placed = any(tag.where == "Composite:GPSPosition" for tag in telling)
    others = []
    for tag in telling:
        if placed and RAW_POSITION.fullmatch(tag.name):
            continue  # the position in one piece says it better
        rule = None if tag.name in {"Warning", "Error"} else rule_for(tag.group, tag.name)
        if rule:
            _tell(examination, item, tag, rule)
        elif tag.group == "ExifTool":
            _warn(examination, item, tag)
        elif tag.group == "PDF":
            tell_custom(examination, item, "PDF", tag.name, tag.value)
        else:
            others.append(tag)
    if others:
        _tell_others(examination, item, others)


def _tell(examination: Examination, item: Item, tag: Tag, rule: Rule) -> None:
    value = "" if BINARY.fullmatch(tag.value) else LATITUDE.sub(r"\1 ", tag.value)
    sentence = rule.sentence if value else rule.sentence.removesuffix(": {value}") + "."
    examination.tell(item, rule.weight, tag.where, value, sentence)
    if rule.free:
        tell_traces(examination, item, tag.where, tag.value)


def _warn(examination: Examination, item: Item, tag: Tag) -> None:
    if WARNINGS_TOLD.fullmatch(tag.value):
        examination.unread(item, tag.value)


def _tell_others(examination: Examination, item: Item, others: list[Tag]) -> None:
    for tag in others:
        tell_traces(examination, item, tag.where, tag.value)
    shown = ", ".join(f"{tag.name} {tag.value[:60]}" for tag in others[:OTHERS_SHOWN])
    more = f", and {len(others) - OTHERS_SHOWN} more" if len(others) > OTHERS_SHOWN else ""
    sentence = "It holds other fields of the program or device that made it: {value}"
    examination.tell(item, Weight.HINTS, "other fields", shown + more, sentence)
