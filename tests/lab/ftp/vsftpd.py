# SPDX-License-Identifier: GPL-2.0-or-later
"""The FTP corpus, with vsftpd beside ProFTPD."""
from case import ABSENT, CLEAR_LOGIN, FALLBACK, HISTORY, LEFT, LOGIN, NO_LISTING, NOTHING, REFUSED_PERM, REFUSED_TEMP
from case import STALLED, SWALLOWED, TLS, UNLISTED_LOGIN, UNUSED, YES
from case import attacked, blocked, honest, raced, table
from ftp import clients as c
from start import at, either

# Settings of servers/vsftpd.py.
MAY, NONE, STRICT, IMPLICIT = (70, 21), (80, 21), (90, 21), (70, 990)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, CONSOLE_USER, SCRIPT, CONSOLE, TALKER, PROBER = range(11, 17)
OLD_LAPTOP, OLD_CONSOLE_USER, OLD_SCRIPT, MONITOR, GUEST, PICKY = range(21, 27)

CURL, REQUIRED, FTPS = c.curl("--ssl", "-k"), c.curl("--ssl-reqd", "-k"), c.curl("-k", scheme="ftps")
IN_VAIN = c.curl("-k", "--connect-timeout", "3", scheme="ftps")
LFTP = c.lftp("ftp:ssl-allow yes", "ssl:verify-certificate no")
LFTP_FORCED = c.lftp("ftp:ssl-force yes", "ssl:verify-certificate no")
LFTP_OLD = c.lftp("ftp:ssl-allow no")
FTPLIB, RECONNECT = c.ftplib("opportunistic"), c.ftplib("reconnect")

HONEST = table(
    honest,
    ("vsftpd-upgrade-curl", CURL, MAY, LAPTOP, "curl --ssl asks without a listing, AUTH SSL first"),
    ("vsftpd-upgrade-curl-required", REQUIRED, MAY, LAPTOP, "curl --ssl-reqd"),
    ("vsftpd-upgrade-lftp", LFTP, MAY, CONSOLE_USER, "lftp, which takes TLS where it can"),
    ("vsftpd-upgrade-ftplib", FTPLIB, MAY, SCRIPT, "Python's ftplib asks without a listing"),
    ("vsftpd-upgrade-s_client", c.s_client("-starttls", "ftp"), MAY, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("vsftpd-upgrade-gnutls", c.gnutls("ftp"), MAY, CONSOLE, "gnutls-cli"),
    ("vsftpd-upgrade-talk", c.talk(*c.HELLO, *c.ASK, "tls", *c.LOGIN, *c.BYE), MAY, TALKER, "a listing; the login inside TLS"),
    ("vsftpd-strict-lftp", LFTP, STRICT, CONSOLE_USER, "a server that demands TLS gets it"),
    ("vsftpd-implicit-curl", FTPS, IMPLICIT, LAPTOP, "TLS from the first byte"),
    ("vsftpd-implicit-s_client", c.s_client(), IMPLICIT, CONSOLE, "TLS from the first byte"),
    ("vsftpd-declined-curl", c.curl(), MAY, OLD_LAPTOP, "neither listing nor TLS: the password in clear", UNLISTED_LOGIN),
    ("vsftpd-declined-lftp", LFTP_OLD, MAY, OLD_CONSOLE_USER, "offered, the client never asks: the password in clear",
     CLEAR_LOGIN),
    ("vsftpd-declined-anonymous", c.lftp("ftp:ssl-allow no", user="anonymous,guest@example.org"), MAY, GUEST,
     "an anonymous guest has no secret"),
    ("vsftpd-not-offered-lftp", LFTP, NONE, CONSOLE_USER, "asks without an offer, is refused, and goes on in clear",
     (REFUSED_PERM, HISTORY)),
    ("vsftpd-not-offered-old-lftp", LFTP_OLD, NONE, OLD_CONSOLE_USER, "the server has no TLS: the password in clear", ABSENT),
    ("vsftpd-not-offered-curl", CURL, NONE, LAPTOP, "curl asks twice, is refused, and goes on in clear",
     (REFUSED_PERM, HISTORY)),
    ("vsftpd-not-offered-ftplib", FTPLIB, NONE, SCRIPT, "asks, is refused, and goes on in clear", (REFUSED_PERM, HISTORY)),
    ("vsftpd-strict-login", LFTP_OLD, STRICT, OLD_CONSOLE_USER, "530 Non-anonymous sessions must use encryption"),
    ("vsftpd-short-listing", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("vsftpd-short-go-close", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "AUTH TLS, 234, gone", UNUSED),
    ("vsftpd-rejected-curl", c.curl("--ssl-reqd"), MAY, PICKY, "curl dislikes the certificate: a fatal alert in clear"),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:AUTH TLS", "maybe", *c.LOGIN, *c.BYE)
OLD_TALK = c.talk("want", "say:FEAT", "want:^(211|500|530) .*\\n", *c.LOGIN, *c.BYE)
BROKEN = (FALLBACK, YES)
ASKED_IN_VAIN = ((REFUSED_PERM, HISTORY), UNLISTED_LOGIN)
ATTACKS = table(
    attacked,
    ("vsftpd-strip-lftp", LFTP, MAY, CONSOLE_USER, "strip-offer", TLS, "asks all the same, and gets what the listing lacked"),
    ("vsftpd-strip-talk", OLD_TALK, MAY, TALKER, "strip-offer", LOGIN, "goes on in clear"),
    ("vsftpd-mask-talk", OLD_TALK, MAY, TALKER, "mask", LOGIN, "goes on in clear"),
    ("vsftpd-corrupt-talk", OLD_TALK, MAY, TALKER, "corrupt", LOGIN, "goes on in clear"),
    ("vsftpd-refuse-listing-talk", OLD_TALK, MAY, TALKER, "refuse-listing", LOGIN, "logs in without a listing",
     (NO_LISTING, UNLISTED_LOGIN)),
    ("vsftpd-mask-listing-talk", OLD_TALK, MAY, TALKER, "mask-listing", LOGIN, "logs in without a listing; before the "
     "login vsftpd has 530 for whatever it does not know", (NO_LISTING, UNLISTED_LOGIN)),
    ("vsftpd-refuse-500-lftp", LFTP, MAY, CONSOLE_USER, "refuse-perm", LOGIN, "goes on in clear"),
    ("vsftpd-refuse-500-forced", LFTP_FORCED, MAY, CONSOLE_USER, "refuse-perm", LEFT, "gives up"),
    ("vsftpd-refuse-534-curl", CURL, MAY, LAPTOP, "refuse-policy", LOGIN, "goes on in clear; no listing was seen",
     ASKED_IN_VAIN),
    ("vsftpd-refuse-431-ftplib", FTPLIB, MAY, SCRIPT, "refuse-temp", LOGIN, "goes on in clear; no listing was seen",
     ((REFUSED_TEMP, HISTORY), UNLISTED_LOGIN)),
    ("vsftpd-invalid-200-curl", CURL, MAY, LAPTOP, "invalid", LOGIN, "takes 200 for a refusal",
     (("request-invalid-reply", YES), UNLISTED_LOGIN)),
    ("vsftpd-swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("vsftpd-overwrite-lftp", LFTP, MAY, CONSOLE_USER, "overwrite", LOGIN, "goes on in clear; before the login vsftpd has "
     "530 for whatever it does not know", ((REFUSED_PERM, YES), CLEAR_LOGIN)),
    ("vsftpd-accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes 234 for done"),
    ("vsftpd-reset-request-ftplib", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "connects again, in clear",
     ((SWALLOWED, HISTORY), UNLISTED_LOGIN)),
    ("vsftpd-reset-hello-ftplib", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "comes back in clear"),
    ("vsftpd-alert-hello-ftplib", RECONNECT, MAY, SCRIPT, "alert-hello", LOGIN, "comes back in clear", (BROKEN, BROKEN)),
    ("vsftpd-garble-hello-ftplib", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "comes back in clear"),
    ("vsftpd-flip-hello-curl", CURL, MAY, LAPTOP, "flip-hello", LEFT, "gives up", (NOTHING, NOTHING)),
    ("vsftpd-inject-command-curl", CURL, MAY, LAPTOP, "inject-command", LEFT, "the server hangs up",
     (STALLED, ("injected-command", YES)), {"unsteady": {"client": "whether the server's last words pass before the end"}}),
    ("vsftpd-inject-response-curl", CURL, MAY, LAPTOP, "inject-response", LEFT, "notices, and leaves"),
    ("vsftpd-tls-to-client-curl", REQUIRED, MAY, LAPTOP, "tls-to-client", LOGIN, "believes itself safe",
     (NOTHING, UNLISTED_LOGIN)),
    ("vsftpd-tls-to-server-talk", OLD_TALK, MAY, TALKER, "tls-to-server", LOGIN, "goes on in clear"),
)

OTHERS = [
    raced("ftp-race-vsftpd", FTPLIB, MAY, SCRIPT, "race-refusal", None, "connects again, in clear"),
    blocked("block-curl", either(at(990, IN_VAIN), c.curl()), 990, MAY, LAPTOP, LOGIN, "then logs in on the other port",
            sees=(("port-downgrade", HISTORY), UNLISTED_LOGIN)),
]
CASES = HONEST + ATTACKS + OTHERS
