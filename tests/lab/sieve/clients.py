# SPDX-License-Identifier: GPL-2.0-or-later
"""ManageSieve clients and how each is started."""
import base64

import start
from servers.dovecot import SECRET, USER
from start import gnutls, s_client  # noqa: F401

PLAIN = base64.b64encode(("\0%s\0%s" % (USER, SECRET)).encode()).decode()


def sieve_client(habit):
    return lambda v: v.run(start.script("sieve", "sieve_client.py", v.host, v.port, habit, USER, SECRET))


def talk(*steps):
    return start.talk(*steps, ends=r"^(OK|NO|BYE).*\n")


HELLO = ("want",)
ASK = ("say:STARTTLS", "want")
LOGIN = ('say:AUTHENTICATE "PLAIN" "%s"' % PLAIN, "want")
QUOTE = '# "STARTTLS"\\r\\nSTARTTLS\\r\\nOK "Begin TLS"\\r\\nNO "no TLS"\\r\\n"SASL" ""\\r\\n'
SCRIPT = "#" + QUOTE.replace("\\r\\n", "\\r\\n#")
SCRIPT_BYTES = len(SCRIPT.encode().decode("unicode_escape"))
PUT = ('raw:PUTSCRIPT "quotes" {%d+}\\r\\n%s\\r\\n' % (SCRIPT_BYTES, SCRIPT), "want", 'say:GETSCRIPT "quotes"', "want:^OK.*\\n")
BYE = ("say:LOGOUT", "want")
