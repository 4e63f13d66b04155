#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A script that mails with Python's smtplib, as careful or careless as such scripts are.

usage: smtplib_client.py HOST PORT HABIT MAIL [USER SECRET]

  never          no TLS
  opportunistic  TLS if offered, but any failure of STARTTLS is caught and the mail goes out in clear
  reconnect      the same; after a failed handshake, too, on a new connection
  required       TLS or nothing
  twice          asks for the listing twice before it decides
"""
import smtplib
import ssl
import sys

SECONDS = 8
NAME = "script.example"


# smtplib.SMTPException is an OSError; these are the ways a connection is lost.
LOST = (ssl.SSLError, smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError)


def connect(host, port, habit):
    server = smtplib.SMTP(host, port, local_hostname=NAME, timeout=SECONDS)
    server.ehlo_or_helo_if_needed()
    if habit == "twice":
        server.ehlo()
    if habit == "never" or habit != "required" and not server.has_extn("starttls"):
        return server
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        server.starttls(context=context)
    except LOST:
        if habit != "reconnect":
            raise
        return connect(host, port, "never")
    except smtplib.SMTPException:
        if habit == "required":
            raise
    return server


def main(host, port, habit, mail, user=None, secret=None):
    server = connect(host, int(port), habit)
    if user:
        server.login(user, secret)
    with open(mail) as f:
        server.sendmail("script@example.org", ["bob@example"], f.read())
    server.quit()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as e:
        sys.exit("%s: %s" % (type(e).__name__, e))
