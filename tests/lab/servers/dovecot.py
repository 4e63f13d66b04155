# SPDX-License-Identifier: GPL-2.0-or-later
"""Dovecot, as far as it checks passwords for Postfix."""
import os

from wait import until

AUTH_PORT = 12345
USER, SECRET = "alice", "s3cr3t-alice"

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols =
ssl = no
listen = 127.0.0.1
auth_mechanisms = plain login cram-md5
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = {dir}/passwd
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {port}
  }}
}}
"""


def begin(host, directory, config, listens):
    os.makedirs(directory)
    for file, text in (("conf", config), ("passwd", "%s:{PLAIN}%s\n" % (USER, SECRET))):
        with open(os.path.join(directory, file), "w") as f:
            f.write(text)
    host.start(["dovecot", "-F", "-c", os.path.join(directory, "conf")])
    until("dovecot (see %s/log)" % directory, listens)


def passwords(host, directory, certificate):
    begin(host, directory, CONFIG.format(dir=directory, port=AUTH_PORT), lambda: host.listening(AUTH_PORT))
