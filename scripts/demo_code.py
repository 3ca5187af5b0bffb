"""Print the demo reviewer's present one-time code, as an authenticator would show it.

usage: demo_code.py HOME
"""

import sys
from pathlib import Path

import pyotp


def main() -> None:
    """Read the demo's TOTP address and print the code."""
    _, _, uri = (Path(sys.argv[1]) / "reviewer-login").read_text("utf-8").splitlines()
    code = pyotp.parse_uri(uri)
    if not isinstance(code, pyotp.TOTP):
        sys.exit("demo_code: the demo's log-in is damaged; remove the demo's folder and run again.")
    print(code.now())


if __name__ == "__main__":
    main()
