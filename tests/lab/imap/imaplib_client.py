#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A script that reads a mailbox with Python's imaplib, as careful or careless as such scripts are.

usage: imaplib_client.py HOST PORT HABIT USER SECRET

  never          no TLS
  opportunistic  TLS if offered; a refusal is caught and the login goes out in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing
"""
import imaplib
import ssl
import sys

SECONDS = 6
LOST = (ssl.SSLError, imaplib.IMAP4.abort, ConnectionError, TimeoutError)


def connect(host, port, habit):
    box = imaplib.IMAP4(host, port, SECONDS)
    if habit == "never" or habit != "required" and "STARTTLS" not in box.capabilities:
        return box
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        box.starttls(context)
    except LOST:
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    except imaplib.IMAP4.error:
        if habit == "required":
            raise
    return box


def main(host, port, habit, user, secret):
    box = connect(host, int(port), habit)
    box.login(user, secret)
    box.select(readonly=True)
    box.fetch("1", "(RFC822)")
    box.logout()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, imaplib.IMAP4.error) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
