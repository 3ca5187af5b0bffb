"""What tor says of its clock and its network, in the words of an admin. No input or output here.

Sources: control-spec, sections 4.1.10 (status events) and 5.5 (bootstrap phases).
"""

from collections.abc import Mapping

CLOCK_TOLERANCE_SECONDS = 60  # tor itself complains later; an onion service's periods are hours

_REASONS = {
    "NOROUTE": "there is no route to it",
    "TIMEOUT": "it does not answer",
    "CONNECTREFUSED": "connections are refused",
    "CONNECTRESET": "connections are cut",
    "RESOURCELIMIT": "this machine has no more connections to give",
    "IDENTITY": "a relay is not who it should be",
    "TLS_ERROR": "the encryption with a relay fails",
    "PT_MISSING": "a bridge needs a program that is not installed",
}


def clock_sentence(arguments: Mapping[str, str]) -> str | None:
    """Put a CLOCK_SKEW event into words; None where it is too small to matter."""
    try:
        seconds = int(arguments.get("SKEW", ""))
    except ValueError:
        return None
    if abs(seconds) < CLOCK_TOLERANCE_SECONDS:
        return None
    # MIN and MAX skews are told as what this clock is ahead of the others (control-spec).
    way = "fast" if seconds > 0 else "slow"
    return (
        f"This machine's clock is {_span(abs(seconds))} {way}: onion services need the right "
        "time. Set the clock (in UTC); Tor goes on by itself."
    )


def network_sentence(arguments: Mapping[str, str]) -> str:
    """Put a problem of bootstrapping into words."""
    reason = _REASONS.get(arguments.get("REASON", ""), "its relays cannot be reached")
    return (
        f"Tor cannot reach its network ({arguments.get('PROGRESS', '0')} %): {reason}. "
        "Check this machine's connection and firewall; Tor goes on trying."
    )


def _span(seconds: int) -> str:
    """Write a span of time by its largest unit."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"
