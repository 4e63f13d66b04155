# SPDX-License-Identifier: GPL-2.0-or-later
"""ProFTPD, one instance a setting, with one user and one file."""
import os
import shutil

from net import SERVER4, SERVER6, command
from servers.dovecot import SECRET, USER
from wait import until

CONFIG = """
LoadModule mod_tls.c
ServerName "ftp.example"
ServerIdent on "ftp.example ready"
ServerType standalone
UseIPv6 on
UseReverseDNS off
DefaultAddress {v4} {v6}
SocketBindTight on
Port 21
User nobody
Group nogroup
PidFile {dir}/pid
ScoreboardFile {dir}/scoreboard
DelayEngine off
SystemLog {dir}/log
TransferLog none
WtmpLog off
AuthOrder mod_auth_file.c
AuthUserFile {dir}/passwd
RequireValidShell off
DefaultRoot ~
TLSECCertificateFile {cert}
TLSECCertificateKeyFile {key}
TLSLog {dir}/tls.log
TLSEngine {engine}
TLSRequired {required}
TLSOptions NoSessionReuseRequired
<Anonymous {dir}/home>
  User nobody
  Group nogroup
  UserAlias anonymous nobody
</Anonymous>
"""
LETTER = "211-Features:\r\n AUTH TLS\r\n211 End\r\nAUTH TLS\r\n234 AUTH TLS successful\r\n500 AUTH not understood\r\n"
# Last byte of the address -> (TLSEngine, TLSRequired).
SETTINGS = {10: ("on", "off"), 20: ("off", "off"), 30: ("on", "on")}


def server(host, directory, certificate):
    for n, (engine, required) in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        home = os.path.join(mine, "home")
        os.makedirs(home)
        crypted = command(["openssl", "passwd", "-6", SECRET]).strip()
        files = {"conf": CONFIG.format(dir=mine, v4=SERVER4 + str(n), v6=SERVER6 + str(n), cert=certificate[0],
                                       key=certificate[1], engine=engine, required=required),
                 "passwd": "%s:%s:65534:65534::%s:/bin/false\n" % (USER, crypted, home),
                 "home/letter": LETTER}
        for name, text in files.items():
            with open(os.path.join(mine, name), "w") as f:
                f.write(text)
        os.chmod(os.path.join(mine, "passwd"), 0o600)
        shutil.chown(home, "nobody", "nogroup")
        host.start(["proftpd", "-n", "-q", "-c", os.path.join(mine, "conf")],
                   stderr=open(os.path.join(mine, "err"), "w"))
        until("proftpd (see %s)" % mine, lambda: host.listening(21, SERVER4 + str(n)))
