"""A desk's secret key outside its station, for a gpg that has no code of ours."""

from crypto.secret import Secret
from tests.journey.house import STATION_PASSPHRASE, Station
from viewing_station.desk_key import gpg_command, readable, told
from viewing_station.keyring import keyring
from viewing_station.station import open_station


def secret_part(station: Station, fingerprint: str) -> tuple[bytes, str]:
    """Take a desk's secret key out of its station, with the passphrase it lies under."""
    passphrase = Secret(STATION_PASSPHRASE.encode())
    with open_station(station.home, passphrase) as opened, keyring(opened.home.gnupg) as gnupg:
        under = opened.settings.keyring_passphrase
        with readable(under) as given:
            export = ("--passphrase-fd", str(given), "--export-secret-keys", fingerprint)
            key = told(gpg_command(gnupg, *export), "export", pass_fds=(given,))
        return key, under.reveal().decode()
