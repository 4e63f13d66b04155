# SPDX-License-Identifier: GPL-2.0-or-later
"""Postfix twice: a server with one smtpd for each setting, and a sending instance for one case."""
import os
import subprocess

from net import SERVER4, SERVER6
from servers.dovecot import AUTH_PORT
from wait import until

COMMON = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = {dir}/maillog
maillog_file_prefixes = {dir}
inet_protocols = all
disable_dns_lookups = yes
smtpd_peername_lookup = no
alias_maps =
alias_database =
local_recipient_maps =
smtputf8_enable = no
"""

SERVER = COMMON + """
myhostname = mx.example
mydestination = mx.example, example
local_transport = discard:
default_transport = discard:
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_loglevel = 1
smtpd_error_sleep_time = 0
smtpd_client_connection_rate_limit = 0
"""

SENDER = COMMON + """
myhostname = out.example
mydestination =
mynetworks = 127.0.0.0/8
default_transport = {protocol}:[{relay}]:{port}
{protocol}_{hello}_name = out.example
{protocol}_tls_security_level = {level}
{protocol}_tls_loglevel = 1
{protocol}_tls_CAfile = {ca}
{protocol}_starttls_timeout = 3s
{protocol}_connection_cache_on_demand = no
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 1s
header_checks = regexp:{dir}/etc/header_checks
"""

SERVICES = """
pickup    unix  n - n 60  1 pickup
cleanup   unix  n - n -   0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -   - trivial-rewrite
bounce    unix  - - n -   0 bounce
defer     unix  - - n -   0 bounce
trace     unix  - - n -   0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n -   - proxymap
error     unix  - - n -   - error
retry     unix  - - n -   - error
discard   unix  - - n -   - discard
anvil     unix  - - n -   1 anvil
scache    unix  - - n -   1 scache
smtp      unix  - - n -   - smtp
lmtp      unix  - - n -   - lmtp
postlog   unix-dgram n - n - 1 postlogd
"""

SASL = "smtpd_sasl_auth_enable=yes"
MAY = "smtpd_tls_security_level=may"
NONE = "smtpd_tls_security_level=none"

# What each address offers; the last byte of the address names the setting.
SETTINGS = {
    (10, 25): [MAY],
    (10, 465): ["smtpd_tls_wrappermode=yes", SASL],
    (10, 587): [MAY, SASL],
    (20, 25): [NONE],
    (20, 587): [NONE, SASL],
    (30, 587): ["smtpd_tls_security_level=encrypt", SASL],
    (40, 25): [MAY, "smtpd_tls_cert_file={dir}/etc/broken.pem"],
    (50, 25): [MAY, "smtpd_discard_ehlo_keywords=starttls"],
    (60, 25): [MAY, "smtpd_tls_protocols=TLSv1.2"],
}
V6_SETTINGS = {(10, 25): [MAY], (20, 25): [NONE]}


def prepare(directory, main, master, files=()):
    """Write a configuration directory of our own; /etc/postfix is never touched."""
    etc = os.path.join(directory, "etc")
    for path in (etc, os.path.join(directory, "queue"), os.path.join(directory, "data")):
        os.makedirs(path)
    subprocess.run(["chown", "postfix:", os.path.join(directory, "data")], check=True)
    for name, text in [("main.cf", main), ("master.cf", SERVICES + master)] + list(files):
        with open(os.path.join(etc, name), "w") as f:
            f.write(text)
    return etc


class Instance:
    """A running master; its log is what tells that a mail has left."""

    def __init__(self, host, directory, etc):
        self.host, self.etc, self.log = host, etc, os.path.join(directory, "maillog")
        host.must("postfix", "-c", etc, "start")

    def said(self):
        try:
            with open(self.log, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def stop(self):
        self.host.must("postfix", "-c", self.etc, "stop")


def server(host, directory, certificate):
    """Start every setting of SETTINGS on its address and port."""
    entries = [("%s%d:%d" % (SERVER4, n, port), options) for (n, port), options in SETTINGS.items()]
    entries += [("[%s%d]:%d" % (SERVER6, n, port), options) for (n, port), options in V6_SETTINGS.items()]
    master = "".join("%s inet n - n - - smtpd\n%s" % (where, "".join(
        "  -o %s\n" % o.format(dir=directory) for o in options)) for where, options in entries)
    cert, key = certificate
    main = SERVER.format(dir=directory, auth=AUTH_PORT, cert=cert, key=key)
    etc = prepare(directory, main, master, [("broken.pem", "no certificate at all\n")])
    instance = Instance(host, directory, etc)
    for where, _ in entries:
        address, port = where.rsplit(":", 1)
        until("smtpd on " + where, lambda: instance.said() and host.listening(int(port), address))
    return instance


SUBMIT_PORT = 2500


def sender(host, directory, relay, port, level, ca, protocol="smtp"):
    """A sending MTA that takes mail on 127.0.0.1 and hands everything to one next hop."""
    main = SENDER.format(dir=directory, relay=relay, port=port, level=level, ca=ca,
                         protocol=protocol,
                         hello="lhlo" if protocol == "lmtp" else "helo")
    etc = prepare(directory, main, "127.0.0.1:%d inet n - n - - smtpd\n" % SUBMIT_PORT,
                  [("header_checks", "/^Received:/ IGNORE\n")])
    instance = Instance(host, directory, etc)
    until("the sending Postfix (see %s)" % instance.log,
          lambda: instance.said() and host.listening(SUBMIT_PORT))
    return instance
