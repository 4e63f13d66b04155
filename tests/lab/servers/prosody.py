# SPDX-License-Identifier: GPL-2.0-or-later
"""Prosody, one instance a setting, for clients and for other servers.

The domains of servers are their addresses, so that they find each other without a name server.
"""
import os

from net import SERVER4, SERVER6
from servers.dovecot import SECRET, USER
from wait import until

DOMAIN = "chat.example"
CLIENTS, SERVERS = 5222, 5269
CONFIG = """
run_as_root = true
pidfile = "{dir}/pid"
data_path = "{dir}/data"
interfaces = {{ {interfaces} }}
c2s_ports = {{ 5222 }}
s2s_ports = {{ 5269 }}
c2s_direct_tls_ports = {{ }}
s2s_direct_tls_ports = {{ }}
modules_enabled = {{ "roster", "saslauth", "dialback", "disco", "ping", "legacyauth"{modules} }}
modules_disabled = {{ "s2s_auth_certs", "http", "offline"{without} }}
allow_unencrypted_plain_auth = true
c2s_require_encryption = {required}
s2s_require_encryption = {required}
s2s_secure_auth = false
legacyauth_plain_auth = true
authentication = "internal_plain"
ssl = {{ certificate = "{cert}", key = "{key}" }}
log = {{ debug = "{dir}/log" }}
VirtualHost "chat.example"
VirtualHost "{domain}"
c2s_require_encryption = false
"""
WITH_TLS, WITHOUT_TLS = (', "tls"', ""), ("", ', "tls"')
# Last byte of the address -> (modules, encryption required?).
SETTINGS = {10: (WITH_TLS, "false"), 20: (WITHOUT_TLS, "false"), 30: (WITH_TLS, "true")}


def begin(host, directory, certificate, domain, addresses, setting):
    """Start one on these addresses; returns the process."""
    (modules, without), required = SETTINGS[setting]
    files = {"prosody.cfg.lua": CONFIG.format(dir=directory, interfaces=", ".join('"%s"' % a for a in addresses), domain=domain,
                                   modules=modules, without=without, required=required, cert=certificate[0],
                                                      key=certificate[1])}
    for name in (DOMAIN, domain):
        account = os.path.join(directory, "data", name.replace(".", "%2e"), "accounts")
        os.makedirs(account)
        files[os.path.join(account, USER + ".dat")] = 'return { ["password"] = "%s" };\n' % SECRET
    for name, text in files.items():
        with open(os.path.join(directory, name), "w") as f:
            f.write(text)
    with open(os.path.join(directory, "err"), "w") as err:
        child = host.start(["prosody", "-F", "--config", os.path.join(directory, "prosody.cfg.lua")], stdout=err, stderr=err)
    until("prosody (see %s)" % directory, lambda: all(host.listening(p, addresses[0]) for p in (CLIENTS, SERVERS)))
    return child


def server(host, directory, certificate):
    for n in SETTINGS:
        begin(host, "%s-%d" % (directory, n), certificate, SERVER4 + str(n), (SERVER4 + str(n), SERVER6 + str(n)), n)
