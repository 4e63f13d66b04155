# SPDX-License-Identifier: GPL-2.0-or-later
"""PostgreSQL, one cluster a setting."""
import glob
import os
import shutil

from net import SERVER4, SERVER6
from servers.dovecot import SECRET, USER
from wait import until

CONFIG = """
listen_addresses = '{v4},{v6}'
port = 5432
unix_socket_directories = ''
ssl = {ssl}
ssl_cert_file = '{dir}/cert.pem'
ssl_key_file = '{dir}/cert.key'
fsync = off
max_connections = 10
shared_buffers = 1MB
password_encryption = '{encryption}'
"""
# Last byte of the address -> (ssl, kind of line in pg_hba.conf, how passwords are asked for).
SETTINGS = {10: ("on", "host", "password"), 20: ("off", "host", "password"), 30: ("on", "hostssl", "password"),
            40: ("on", "host", "scram-sha-256")}


def server(host, directory, certificate):
    bin_directory = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    for n, (ssl, kind, method) in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        os.makedirs(mine)
        with open(os.path.join(mine, "secret"), "w") as f:
            f.write(SECRET)
        for source, name in zip(certificate, ("cert.pem", "cert.key")):
            shutil.copy(source, os.path.join(mine, name))
            os.chmod(os.path.join(mine, name), 0o600)
        for path in [mine] + [os.path.join(mine, f) for f in os.listdir(mine)]:
            shutil.chown(path, "postgres", "postgres")
        data = os.path.join(mine, "data")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        host.must(*as_postgres, os.path.join(bin_directory, "initdb"), "-D", data, "-U", USER, "-A", method,
                  "--pwfile=" + os.path.join(mine, "secret"), "--no-sync", "--no-instructions", "--locale=C", cwd="/")
        with open(os.path.join(data, "postgresql.conf"), "w") as f:
            f.write(CONFIG.format(dir=mine, v4=SERVER4 + str(n), v6=SERVER6 + str(n), ssl=ssl,
                                  encryption="scram-sha-256"))
        with open(os.path.join(data, "pg_hba.conf"), "w") as f:
            f.write("%s all all all %s\n" % (kind, method))
        host.start(as_postgres + [os.path.join(bin_directory, "postgres"), "-D", data], cwd="/",
                   stdout=open(os.path.join(mine, "log"), "w"), stderr=open(os.path.join(mine, "err"), "w"))
        until("PostgreSQL (see %s/err)" % mine,
              lambda: "ready to accept" in open(os.path.join(mine, "err")).read(), 30)
