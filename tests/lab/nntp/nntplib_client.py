#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A script that fetches an article with Python's nntplib, as careful or careless as such scripts are.

usage: nntplib_client.py HOST PORT HABIT GROUP [USER SECRET]

  never          no TLS
  opportunistic  TLS if offered; a refusal is caught and the session goes on in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing
"""
import nntplib
import ssl
import sys

SECONDS = 6
LOST = (ssl.SSLError, EOFError, ConnectionError, TimeoutError)


def connect(host, port, habit):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    box = nntplib.NNTP(host, port, timeout=SECONDS)
    if habit == "never" or habit != "required" and "STARTTLS" not in box.getcapabilities():
        return box
    try:
        box.starttls(context)
    except LOST:
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    except nntplib.NNTPError:
        if habit == "required":
            raise
    return box


def main(host, port, habit, group, *login):
    box = connect(host, int(port), habit)
    if login:
        box.login(*login, usenetrc=False)
    _, _, first, _, _ = box.group(group)
    box.article(first)
    box.quit()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (EOFError, OSError, nntplib.NNTPError) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
