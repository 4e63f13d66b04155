# SPDX-License-Identifier: GPL-2.0-or-later
"""Dovecot: a server of IMAP, POP3, ManageSieve and LMTP for each setting, and passwords for Postfix."""
import os
import shutil

from net import SERVER4, SERVER6
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
    for file, text in (("conf", config), ("tls12", TLS12), ("passwd", "%s:{PLAIN}%s\n" % (USER, SECRET))):
        with open(os.path.join(directory, file), "w") as f:
            f.write(text)
    host.start(["dovecot", "-F", "-c", os.path.join(directory, "conf")])
    until("dovecot (see %s/log)" % directory, listens)


def passwords(host, directory, certificate):
    begin(host, directory, CONFIG.format(dir=directory, port=AUTH_PORT), lambda: host.listening(AUTH_PORT))


MAIL = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap pop3 lmtp sieve
listen = {listen}
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
login_greeting = mail.example ready
hostname = mail.example
auth_mechanisms = plain login cram-md5
disable_plaintext_auth = {demand}
mail_location = maildir:{dir}/mail
first_valid_uid = 1
auth_failure_delay = 0
login_trusted_networks =
passdb {{
  driver = passwd-file
  args = {dir}/passwd
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={dir}/home allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  inet_listener imaps {{
    port = {implicit_imap}
  }}
}}
service pop3-login {{
  inet_listener pop3s {{
    port = {implicit_pop3}
  }}
}}
service managesieve-login {{
  inet_listener sieve {{
    port = 4190
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = 24
  }}
}}
protocol lmtp {{
  auth_username_format = %n
}}
{more}
"""

LETTER = """From: <bob@example>
To: <alice@example.org>
Subject: how an upgrade looks
Date: Mon, 2 Feb 2026 09:00:00 +0000
Message-Id: <2@example.org>

* CAPABILITY IMAP4rev1 LOGINDISABLED
a1 STARTTLS
a1 OK Begin TLS negotiation now
a001 LOGIN alice not-a-secret
A01 NO no TLS today
STLS
+OK Begin TLS
-ERR unknown command
PASS not-a-secret
XXXXXXXX
..a line that begins with a dot
"""

# Last byte of the address -> (ssl, are clear logins refused, more).
SETTINGS = {10: ("yes", "no", ""), 20: ("no", "no", ""), 30: ("required", "yes", ""),
            60: ("yes", "no", "import_environment = $import_environment OPENSSL_CONF={dir}/tls12\n")}
PORTS = (143, 110, 4190, 24)
# What Dovecot has no word for.
TLS12 = """openssl_conf = all
[all]
ssl_conf = modules
[modules]
system_default = limits
[limits]
MaxProtocol = TLSv1.2
"""


def mail(host, directory, certificate):
    """One instance a setting, each with all four dialects and one letter in the box."""
    for n, (ssl, demand, more) in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        listen = "%s%d, %s%d" % (SERVER4, n, SERVER6, n)
        config = MAIL.format(dir=mine, listen=listen, ssl=ssl, demand=demand, more=more.format(dir=mine), cert=certificate[0],
                             key=certificate[1], implicit_imap=993 if n == 10 else 0,
                             implicit_pop3=995 if n == 10 else 0)
        begin(host, mine, config, lambda: all(host.listening(p, SERVER4 + str(n)) for p in PORTS))
        new = os.path.join(mine, "mail", "new")
        os.makedirs(new)
        os.makedirs(os.path.join(mine, "home"))
        with open(os.path.join(new, "1770022800.1.mail"), "w") as f:
            f.write(LETTER)
        for path in (os.path.join(mine, "mail"), new, os.path.join(mine, "home"), os.path.join(new, "1770022800.1.mail")):
            shutil.chown(path, "mail", "mail")
