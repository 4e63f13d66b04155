#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A script that reads a mailbox with Python's poplib, as careful or careless as such scripts are.

usage: poplib_client.py HOST PORT HABIT USER SECRET

  blind          no listing, no TLS
  never          no TLS
  opportunistic  TLS if CAPA lists it; a refusal is caught and the login goes out in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing
"""
import poplib
import ssl
import sys

SECONDS = 6
LOST = (ssl.SSLError, ConnectionError, TimeoutError)


def lists_tls(box):
    try:
        return "STLS" in box.capa()
    except poplib.error_proto:
        return False


def connect(host, port, habit):
    box = poplib.POP3(host, port, SECONDS)
    offered = habit != "blind" and lists_tls(box)
    if habit in ("blind", "never") or habit != "required" and not offered:
        return box
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        box.stls(context)
    except LOST:
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    except poplib.error_proto:
        if habit == "required":
            raise
    return box


def main(host, port, habit, user, secret):
    box = connect(host, int(port), habit)
    box.user(user)
    box.pass_(secret)
    box.retr(1)
    box.quit()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, poplib.error_proto) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
