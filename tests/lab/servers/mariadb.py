# SPDX-License-Identifier: GPL-2.0-or-later
"""MariaDB, one server a setting."""
import os
import shutil

from net import SERVER4, SERVER6
from servers.dovecot import SECRET, USER
from wait import until

# Last byte of the address -> options.
TLS = ["--ssl-cert={dir}/cert.pem", "--ssl-key={dir}/cert.key"]
SETTINGS = {10: TLS, 20: ["--skip-ssl"], 30: TLS + ["--require-secure-transport=on"]}
ACCOUNT = "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s';\n" % (USER, SECRET)


def server(host, directory, certificate):
    first = None
    for n, options in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        data = os.path.join(mine, "data")
        os.makedirs(mine)
        for source, name in zip(certificate, ("cert.pem", "cert.key")):
            shutil.copy(source, os.path.join(mine, name))
        with open(os.path.join(mine, "init"), "w") as f:
            f.write(ACCOUNT)
        if first:
            shutil.copytree(first, data)
        else:
            host.must("mariadb-install-db", "--no-defaults", "--datadir=" + data, "--user=mysql",
                      "--skip-test-db", "--auth-root-authentication-method=normal")
            first = os.path.join(mine, "fresh")
            shutil.copytree(data, first)
        host.must("chown", "-R", "mysql:", mine)
        host.start(["mariadbd", "--no-defaults", "--user=mysql", "--datadir=" + data, "--port=3306",
                    "--bind-address=%s%d,%s%d" % (SERVER4, n, SERVER6, n), "--socket=" + os.path.join(mine, "socket"),
                    "--pid-file=" + os.path.join(mine, "pid"), "--skip-name-resolve", "--innodb-buffer-pool-size=8M",
                    "--innodb-log-file-size=4M", "--init-file=" + os.path.join(mine, "init")]
                   + [o.format(dir=mine) for o in options], stderr=open(os.path.join(mine, "err"), "w"))
        until("MariaDB (see %s/err)" % mine, lambda: host.listening(3306, SERVER4 + str(n)), 30)
