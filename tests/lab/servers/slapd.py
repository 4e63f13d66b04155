# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenLDAP's slapd, one instance a setting, with one entry whose values quote the protocol."""
import os

from net import SERVER4, SERVER6
from servers.dovecot import SECRET
from wait import until

BASE, ADMIN = "dc=example", "cn=alice,dc=example"
CONFIG = """
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_ldif
pidfile {dir}/pid
argsfile {dir}/args
{tls}
database ldif
suffix "{base}"
rootdn "{admin}"
rootpw {secret}
directory {dir}/data
access to * by * read
"""
ENTRY = """dn: dc=example
objectClass: dcObject
objectClass: organization
dc: example
o: example
description: supportedExtension: 1.3.6.1.4.1.1466.20037
description: STARTTLS 220 ready
"""
WITH_TLS = "TLSCertificateFile {cert}\nTLSCertificateKeyFile {key}\n"
# Last byte of the address -> settings.
SETTINGS = {10: WITH_TLS, 20: "", 30: WITH_TLS + "security tls=1\n"}


def server(host, directory, certificate):
    for n, tls in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        os.makedirs(os.path.join(mine, "data"))
        files = {"conf": CONFIG.format(dir=mine, base=BASE, admin=ADMIN, secret=SECRET,
                                       tls=tls.format(cert=certificate[0], key=certificate[1])), "entry": ENTRY}
        for name, text in files.items():
            with open(os.path.join(mine, name), "w") as f:
                f.write(text)
        conf = os.path.join(mine, "conf")
        listens = "ldap://%s%d:389 ldap://[%s%d]:389" + (" ldaps://%s%d" % (SERVER4, n) if n == 10 else "")
        host.must("slapadd", "-f", conf, "-l", os.path.join(mine, "entry"))
        host.start(["slapd", "-d", "0", "-f", conf, "-h", listens % (SERVER4, n, SERVER6, n)],
                   stderr=open(os.path.join(mine, "err"), "w"))
        until("slapd (see %s)" % mine, lambda: host.listening(389, SERVER4 + str(n)))
