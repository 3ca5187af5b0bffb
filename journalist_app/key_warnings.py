"""How long before its end a desk's key is spoken of: by `vasistas check` and on the admin pages."""

from datetime import date

# A new key is made at the station, carried, compared and added: the first warning leaves two
# months for it, the others are for those who put it off.
WARNED_DAYS = (60, 30, 7)


def warned_within(expires: date | None, today: date) -> int | None:
    """Return the smallest of the warned spans of days that a key's end is within, if any."""
    if expires is None:
        return None
    left = (expires - today).days
    return min((days for days in WARNED_DAYS if left <= days), default=None)
