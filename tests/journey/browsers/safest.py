"""The preferences that make Firefox ESR what Tor Browser is at its "Safest" level.

Taken from Tor Browser's `000-tor-browser.js`, `001-base-profile.js` and `SecurityLevel.sys.mjs`,
as far as plain Firefox knows them. What no preference gives: the bundled fonts, NoScript, a
circuit a site, the patches of its own.
"""

Preferences = dict[str, bool | int | str]

SECURITY_LEVEL: Preferences = {
    "javascript.enabled": False,
    "javascript.options.asmjs": False,
    "javascript.options.baselinejit": False,
    "javascript.options.ion": False,
    "javascript.options.native_regexp": False,
    "javascript.options.wasm": False,
    "svg.disabled": True,
    "mathml.disabled": True,
    "gfx.downloadable_fonts.enabled": False,  # NoScript's part
    "gfx.font_rendering.graphite.enabled": False,
    "gfx.font_rendering.opentype_svg.enabled": False,
    "webgl.disabled": True,  # NoScript's part
    "dom.webaudio.enabled": False,
    "media.peerconnection.enabled": False,
    "permissions.default.image": 3,  # none from elsewhere
}

PRIVACY: Preferences = {
    "browser.privatebrowsing.autostart": True,
    "privacy.resistFingerprinting": True,
    "privacy.resistFingerprinting.letterboxing": True,
    "privacy.spoof_english": 1,  # "no": else every page would be asked for in English
    "intl.accept_languages": "fr, fr-FR, en-US, en",
    "privacy.firstparty.isolate": True,
    "network.http.referer.hideOnionSource": True,
    "dom.securecontext.allowlist_onions": True,
    "dom.security.https_only_mode": True,
    "dom.security.https_only_mode_pbm": True,
}

# Things that would reach out by themselves.
SILENCE: Preferences = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.update.enabled": False,
    "media.eme.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-manager.url": "data:text/plain,",
    "media.gmp-provider.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "network.http.speculative-parallel-limit": 0,
    "network.trr.mode": 5,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.unified": False,
}


def proxy(socks_port: int) -> Preferences:
    """Send everything, names included, to a SOCKS port on loopback; there is no other way out."""
    return {
        "network.dns.blockDotOnion": False,
        "network.proxy.type": 1,
        "network.proxy.socks": "127.0.0.1",
        "network.proxy.socks_port": socks_port,
        "network.proxy.socks_version": 5,
        "network.proxy.socks_remote_dns": True,
        "network.proxy.no_proxies_on": "",
        "network.proxy.allow_hijacking_localhost": True,
        "network.proxy.failover_direct": False,
    }
