# SPDX-License-Identifier: GPL-2.0-or-later
"""MySQL clients and how each is started."""
import start
from servers.dovecot import SECRET, USER
from start import either, s_client  # noqa: F401

QUERY = "SELECT 'STARTTLS 220 N S AUTH TLS' AS words"


def mariadb(*options):
    def run(v):
        return v.run(["mariadb", "--no-defaults", "--protocol=tcp", "--host=" + v.host, "--port=%d" % v.port,
                      "--user=" + USER, "--password=" + SECRET, "--connect-timeout=6", "--execute=" + QUERY]
                     + list(options))
    return run


def talk(*steps):
    return start.talk(*steps)
