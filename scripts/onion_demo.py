"""What `make onion-demo` does: the demo on a private Tor network, all of it on loopback.

usage: onion_demo.py HOME SOURCE_PORT JOURNALIST_PORT
"""

import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' Tor network serves here too

from scripts.run_demo import make_demo, make_onion_login, serve_words, tell
from tests.tor_network.client import OnionClient
from tests.tor_network.network import TorNetwork


def main() -> None:
    """Start the network, then the demo on it; Ctrl-C ends both."""
    home, source_port, journalist_port = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    make_demo(home)
    login = make_onion_login(home)
    tell(home, source_port, journalist_port)
    print("Starting a Tor network of this machine's own (some ten seconds) …", flush=True)
    with TorNetwork() as network:
        network.visitor.add_key(login["auth_private"])
        serve = serve_words(home, source_port, journalist_port)
        serve += ["--tor", "--torrc", str(network.torrc)]
        with subprocess.Popen(
            serve, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as server:
            sys.exit(_follow(server, network.visitor))


def _follow(server: "subprocess.Popen[str]", visitor: OnionClient) -> int:
    """Pass on what serve says, tell how to look once all is up, and end it on Ctrl-C."""
    signal.signal(signal.SIGINT, lambda *_: server.send_signal(signal.SIGINT))
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
    for line in server.stdout or ():
        print(line, end="", flush=True)
        if line.startswith("onion "):
            _tell_onions(line, visitor)
    return server.wait()


def _tell_onions(line: str, visitor: OnionClient) -> None:
    named = dict(word.split("=", 1) for word in line.split()[1:])
    proxy = f"127.0.0.1:{visitor.socks_port}"
    print(
        f"""
The onion services are up, on a Tor network that is this machine alone. Its visitors' tor listens
on {proxy} (SOCKS 5) and holds the reviewer's key. To look, for example:

  curl --socks5-hostname {proxy} {named["source"]}/
  chromium --user-data-dir=var/chromium --proxy-server=socks5://{proxy} {named["source"]}/
  chromium --user-data-dir=var/chromium --proxy-server=socks5://{proxy} {named["journalist"]}/

It hides nothing from anybody: it shows how an onion service works, also on a train.
""",
        flush=True,
    )


if __name__ == "__main__":
    main()
