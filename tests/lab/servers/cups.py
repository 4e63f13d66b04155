# SPDX-License-Identifier: GPL-2.0-or-later
"""CUPS, one instance a setting, without printers: what RFC 2817 looks like on port 631."""
import os
import shutil

from net import SERVER4, SERVER6
from wait import until

NAME = "print.example"
CONFIG = """
ServerName print.example
ServerAlias *
Listen {v4}:631
Listen [{v6}]:631
Listen 127.0.0.1:{local}
DefaultEncryption {encryption}
DefaultAuthType None
Browsing Off
WebInterface Yes
Timeout 12
KeepAliveTimeout 12
LogLevel debug
<Location />
  Order allow,deny
  Allow all
  Encryption {encryption}
</Location>
<Location /admin>
  Order allow,deny
  Allow all
  Encryption Required
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {dir}
ServerKeychain {dir}/ssl
StateDir {dir}/state
CacheDir {dir}/cache
RequestRoot {dir}/spool
TempDir {dir}/spool/tmp
DocumentRoot {dir}/www
AccessLog {dir}/access_log
ErrorLog {dir}/error_log
PageLog {dir}/page_log
User lp
Group lp
SystemGroup root
"""
PAGE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2, HTTP/1.1\r\nConnection: Upgrade\r\n\r\n426 Upgrade Required\r\n"
# Last byte of the address -> Encryption. No setting keeps CUPS from granting an upgrade that is asked for.
SETTINGS = {10: "IfRequested", 30: "Required"}


def server(host, directory, certificate):
    for n, encryption in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        for name in ("ssl", "state", "cache", "spool/tmp", "www"):
            os.makedirs(os.path.join(mine, name))
        for source, kind in zip(certificate, ("crt", "key")):
            shutil.copy(source, os.path.join(mine, "ssl", "%s.%s" % (NAME, kind)))
        config = CONFIG.format(v4=SERVER4 + str(n), v6=SERVER6 + str(n), local=6300 + n, encryption=encryption)
        for name, text in (("cupsd.conf", config), ("cups-files.conf", FILES.format(dir=mine)), ("www/index.html", PAGE)):
            with open(os.path.join(mine, name), "w") as f:
                f.write(text)
        with open(os.path.join(mine, "err"), "w") as err:
            host.start(["cupsd", "-f", "-c", os.path.join(mine, "cupsd.conf"), "-s", os.path.join(mine, "cups-files.conf")],
                       stdout=err, stderr=err)
        until("cupsd (see %s)" % mine, lambda: host.listening(631, SERVER4 + str(n)))
