# SPDX-License-Identifier: GPL-2.0-or-later
"""vsftpd, one instance a setting, with one user and one file, beside ProFTPD."""
import os

from net import SERVER4, command
from servers import unpacked
from servers.dovecot import SECRET, USER
from servers.proftpd import LETTER
from wait import until

NUMBER = 64102
CONFIG = """
listen=YES
listen_address={v4}
listen_port={port}
background=NO
ftpd_banner=ftp.example ready
anonymous_enable=YES
anon_root={dir}/home
local_enable=YES
local_root={dir}/home
pam_service_name=vsftpd
secure_chroot_dir={dir}/empty
vsftpd_log_file={dir}/log
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
ssl_enable={tls}
rsa_cert_file={cert}
rsa_private_key_file={key}
allow_anon_ssl=YES
force_local_logins_ssl={demand}
force_local_data_ssl=NO
require_ssl_reuse=NO
ssl_ciphers=HIGH
implicit_ssl={implicit}
"""
PAM = "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
# Last byte of the address, port -> is TLS to be had, demanded, there from the first byte?
SETTINGS = {(70, 21): ("YES", "NO", "NO"), (80, 21): ("NO", "NO", "NO"), (90, 21): ("YES", "YES", "NO"),
            (70, 990): ("YES", "NO", "YES")}


def server(host, directory, certificate):
    crypted = command(["openssl", "passwd", "-6", SECRET]).strip()
    for (n, port), (tls, demand, implicit) in SETTINGS.items():
        mine = "%s-%d-%d" % (directory, n, port)
        for name in ("home", "empty"):
            os.makedirs(os.path.join(mine, name))
        config = CONFIG.format(v4=SERVER4 + str(n), port=port, dir=mine, tls=tls, demand=demand, implicit=implicit,
                               cert=certificate[0], key=certificate[1])
        with open(os.path.join(mine, "home", "letter"), "w") as f:
            f.write(LETTER)
        etc = unpacked.etc(mine, [(USER, NUMBER, os.path.join(mine, "home"), crypted)],
                           {"vsftpd.conf": config, "pam.d/vsftpd": PAM})
        host.start(unpacked.within(etc, ["vsftpd", "/etc/vsftpd.conf"]), stderr=open(os.path.join(mine, "err"), "w"))
        until("vsftpd (see %s)" % mine, lambda: host.listening(port, SERVER4 + str(n)))
