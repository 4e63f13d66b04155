#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A script that fetches a file with Python's ftplib, as careful or careless as such scripts are.

usage: ftplib_client.py HOST PORT HABIT USER SECRET

  never          no TLS
  opportunistic  asks; a refusal is caught and the login goes out in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing
"""
import ftplib
import ssl
import sys

SECONDS = 6
LOST = (ssl.SSLError, EOFError, ConnectionError, TimeoutError)


def connect(host, port, habit):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    box = ftplib.FTP_TLS(context=context, timeout=SECONDS) if habit != "never" else ftplib.FTP(timeout=SECONDS)
    box.connect(host, port)
    if habit == "never":
        return box
    try:
        box.auth()
    except LOST:
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    except ftplib.Error:
        if habit == "required":
            raise
        return connect(host, port, "never")
    return box


def main(host, port, habit, user, secret):
    box = connect(host, int(port), habit)
    if isinstance(box, ftplib.FTP_TLS):
        box.login(user, secret, secure=False)
        box.prot_p()
    else:
        box.login(user, secret)
    box.retrbinary("RETR letter", lambda block: None)
    box.quit()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (EOFError, OSError, ftplib.Error) as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
