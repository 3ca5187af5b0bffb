"""Onion services: their keys, the people let in, the tor process that publishes them.

A leaf: it knows neither the apps nor what they serve. `admin` composes it. What an app needs of
it, closing a circuit, is handed to the app as a narrow service; the control socket is used here.
"""
