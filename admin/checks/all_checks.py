"""The checks in the order in which they are made. A new one is written beside and named here."""

from collections.abc import Iterator

from admin.checks.disk_check import check_disk
from admin.checks.history_check import check_history
from admin.checks.key_check import check_keys
from admin.checks.onion_check import check_onions
from admin.checks.permission_check import check_permissions
from admin.checks.problem import Check, Problem
from admin.checks.restored_check import check_restored
from admin.checks.secret_check import check_secrets
from web.services import Services

CHECKS: tuple[Check, ...] = (
    check_keys,
    check_onions,
    check_secrets,
    check_disk,
    check_permissions,
    check_history,
    check_restored,
)


def all_problems(services: Services) -> Iterator[Problem]:
    """Make all checks."""
    for check in CHECKS:
        yield from check(services)
