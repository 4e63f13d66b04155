#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A script that sends one message with slixmpp, as careful or careless as such scripts are.

usage: slixmpp_client.py HOST PORT HABIT MECHANISM JID SECRET

  never       no TLS
  default     what the library does when nothing is said
  reconnect   the same; when that fails, a new connection without TLS
"""
import asyncio
import ssl
import sys

import slixmpp

SECONDS = 6
PLAIN_IS_FINE = {"feature_mechanisms": {"unencrypted_plain": True}}


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, secret, mechanism):
        super().__init__(jid, secret, plugin_config=PLAIN_IS_FINE, sasl_mech=None if mechanism == "any" else mechanism)
        self.ssl_context.check_hostname, self.ssl_context.verify_mode = False, ssl.CERT_NONE
        self.sent, self.gone = False, self.loop.create_future()
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("message", lambda message: self.disconnect())
        for event in ("connection_failed", "disconnected", "failed_all_auth", "stream_error", "ssl_invalid_chain"):
            self.add_event_handler(event, self.leave)

    def start(self, _):
        self.send_presence()
        self.send_message(mto=self.boundjid.full, mbody="<starttls/> in a body is none")
        self.sent = True

    def leave(self, _):
        if not self.gone.done():
            self.gone.set_result(None)


def visit(host, port, mechanism, jid, secret, **how):
    client = Client(jid, secret, mechanism)
    client.connect((host, port), **how)
    try:
        client.loop.run_until_complete(asyncio.wait_for(client.gone, SECONDS))
    except asyncio.TimeoutError:
        print("no answer")
    client.abort()
    return client.sent


def main(host, port, habit, mechanism, jid, secret):
    said = (mechanism, jid, secret)
    if visit(host, int(port), *said, **({"disable_starttls": True} if habit == "never" else {})):
        return 0
    if habit == "reconnect":
        return 0 if visit(host, int(port), *said, disable_starttls=True) else 1
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
