# SPDX-License-Identifier: GPL-2.0-or-later
"""The FTP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR_LOGIN, FALLBACK, HISTORY, LEFT, LOGIN, NO_LISTING, NOTHING, REFUSED_PERM, REFUSED_TEMP
from case import SWALLOWED, TLS, UNLISTED_LOGIN, UNUSED, YES
from case import attacked, crossed, honest, joined, raced, table
from ftp import clients as c
from ftp import vsftpd
from start import browser

# Settings of servers/proftpd.py.
MAY, NONE, STRICT = (10, 21), (20, 21), (30, 21)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, CONSOLE_USER, SCRIPT, CONSOLE, TALKER, PROBER = range(11, 17)
OLD_LAPTOP, OLD_CONSOLE_USER, OLD_SCRIPT, MONITOR, GUEST, PICKY = range(21, 27)

CURL, REQUIRED = c.curl("--ssl", "-k"), c.curl("--ssl-reqd", "-k")
LFTP = c.lftp("ftp:ssl-allow yes", "ssl:verify-certificate no")
LFTP_FORCED = c.lftp("ftp:ssl-force yes", "ssl:verify-certificate no")
LFTP_OLD = c.lftp("ftp:ssl-allow no")
FTPLIB, RECONNECT = c.ftplib("opportunistic"), c.ftplib("reconnect")
S_CLIENT, S_CLIENT_IMPLICIT = c.s_client("-starttls", "ftp"), c.s_client()

HONEST = table(
    honest,
    ("upgrade-curl", CURL, MAY, LAPTOP, "curl --ssl asks without a listing, AUTH SSL first"),
    ("upgrade-curl-required", REQUIRED, MAY, LAPTOP, "curl --ssl-reqd"),
    ("upgrade-lftp", LFTP, MAY, CONSOLE_USER, "lftp, which takes TLS where it can"),
    ("upgrade-ftplib", FTPLIB, MAY, SCRIPT, "Python's ftplib asks without a listing"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("upgrade-talk", c.talk(*c.HELLO, "say:auth tls", "want", "tls", *c.LOGIN, *c.BYE), MAY, TALKER,
     "a listing, the verb in lower case; the login inside TLS"),
    ("upgrade-strict", LFTP, STRICT, CONSOLE_USER, "a server that demands TLS gets it"),
    ("upgrade-v6", LFTP, MAY, CONSOLE_USER, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", FTPLIB, MAY, SCRIPT, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("declined-curl", c.curl(), MAY, OLD_LAPTOP, "neither listing nor TLS: the password in clear", UNLISTED_LOGIN),
    ("declined-lftp", LFTP_OLD, MAY, OLD_CONSOLE_USER, "offered, the client never asks: the password in clear",
     CLEAR_LOGIN),
    ("declined-anonymous", c.lftp("ftp:ssl-allow no", user="anonymous,guest@example.org"), MAY, GUEST,
     "an anonymous guest has no secret"),
    ("declined-v6", LFTP_OLD, MAY, OLD_CONSOLE_USER, "over IPv6", CLEAR_LOGIN, {"v6": True}),
    ("not-offered-lftp", LFTP, NONE, CONSOLE_USER, "asks without an offer, is refused, and goes on in clear; the file "
     "quotes the protocol", (REFUSED_PERM, HISTORY)),
    ("not-offered-old-lftp", LFTP_OLD, NONE, OLD_CONSOLE_USER, "the server has no TLS: the password in clear", ABSENT),
    ("not-offered-curl", CURL, NONE, LAPTOP, "curl asks twice, is refused, and goes on in clear", (REFUSED_PERM, HISTORY)),
    ("not-offered-v6", LFTP_OLD, NONE, OLD_CONSOLE_USER, "over IPv6", ABSENT, {"v6": True}),
    ("not-offered-asked", c.talk(*c.HELLO, *c.ASK, *c.BYE), NONE, TALKER, "asked without an offer, refused, gone",
     (REFUSED_PERM, HISTORY)),
    ("strict-login", LFTP_OLD, STRICT, OLD_CONSOLE_USER, "550 SSL/TLS required: the login in clear is refused at USER"),
    ("short-banner", c.talk("want"), MAY, MONITOR, "a health check leaves after the banner"),
    ("short-listing", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("short-go-close", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "AUTH TLS, 234, gone", UNUSED),
    ("rejected-lftp", c.lftp("ftp:ssl-allow yes"), MAY, PICKY, "lftp dislikes the certificate"),
    ("rejected-curl", c.curl("--ssl-reqd"), MAY, PICKY, "curl dislikes the certificate: a fatal alert in clear"),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:AUTH TLS", "maybe", *c.LOGIN, *c.BYE)
OLD_TALK = c.talk("want", "say:FEAT", "want:^(211|500) .*\\n", *c.LOGIN, *c.BYE)
CORRUPTED = ("cmd-corrupted", YES)
BROKEN = (FALLBACK, YES)
ASKED_IN_VAIN = ((REFUSED_PERM, HISTORY), UNLISTED_LOGIN)
ATTACKS = table(
    attacked,
    ("strip-lftp", LFTP, MAY, CONSOLE_USER, "strip-offer", TLS, "asks all the same, and gets what the listing lacked"),
    ("strip-talk", OLD_TALK, MAY, TALKER, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-v6", OLD_TALK, MAY, TALKER, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("mask-talk", OLD_TALK, MAY, TALKER, "mask", LOGIN, "goes on in clear"),
    ("corrupt-talk", OLD_TALK, MAY, TALKER, "corrupt", LOGIN, "goes on in clear"),
    ("refuse-listing-talk", OLD_TALK, MAY, TALKER, "refuse-listing", LOGIN, "logs in without a listing",
     (NO_LISTING, UNLISTED_LOGIN)),
    ("mask-listing-talk", OLD_TALK, MAY, TALKER, "mask-listing", LOGIN, "logs in without a listing"),
    ("refuse-500-lftp", LFTP, MAY, CONSOLE_USER, "refuse-perm", LOGIN, "goes on in clear"),
    ("refuse-500-curl", CURL, MAY, LAPTOP, "refuse-perm", LOGIN, "goes on in clear; no listing was seen", ASKED_IN_VAIN),
    ("refuse-534-curl", CURL, MAY, LAPTOP, "refuse-policy", LOGIN, "goes on in clear; no listing was seen", ASKED_IN_VAIN),
    ("refuse-431-lftp", LFTP, MAY, CONSOLE_USER, "refuse-temp", LOGIN, "goes on in clear"),
    ("refuse-431-ftplib", FTPLIB, MAY, SCRIPT, "refuse-temp", LOGIN, "goes on in clear; no listing was seen",
     ((REFUSED_TEMP, HISTORY), UNLISTED_LOGIN)),
    ("refuse-500-required", REQUIRED, MAY, LAPTOP, "refuse-perm", LEFT, "gives up"),
    ("refuse-500-forced", LFTP_FORCED, MAY, CONSOLE_USER, "refuse-perm", LEFT, "gives up"),
    ("invalid-200-curl", CURL, MAY, LAPTOP, "invalid", LOGIN, "takes 200 for a refusal", (("request-invalid-reply", YES),
     UNLISTED_LOGIN)),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("swallow-curl", CURL, MAY, LAPTOP, "swallow", LEFT, "waits, then leaves"),
    ("overwrite-curl", CURL, MAY, LAPTOP, "overwrite", LOGIN, "goes on in clear; the refusal quotes what "
     "reached the server", (CORRUPTED, CORRUPTED)),
    ("overwrite-lftp", LFTP, MAY, CONSOLE_USER, "overwrite", LOGIN, "goes on in clear", (CORRUPTED, CORRUPTED)),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes 234 for done"),
    ("reset-request-ftplib", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "connects again, in clear",
     ((SWALLOWED, HISTORY), UNLISTED_LOGIN)),
    ("reset-hello-ftplib", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "comes back in clear"),
    ("alert-hello-ftplib", RECONNECT, MAY, SCRIPT, "alert-hello", LOGIN, "comes back in clear",
     (BROKEN, BROKEN)),
    ("alert-hello-lftp", LFTP, MAY, CONSOLE_USER, "alert-hello", LOGIN, "comes back in clear", (BROKEN, BROKEN)),
    ("garble-hello-ftplib", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "comes back in clear"),
    ("flip-hello-curl", CURL, MAY, LAPTOP, "flip-hello", LEFT, "gives up", (NOTHING, NOTHING)),
    ("inject-command-curl", CURL, MAY, LAPTOP, "inject-command", TLS, "notices nothing"),
    ("inject-response-curl", CURL, MAY, LAPTOP, "inject-response", LEFT, "notices, and leaves"),
    ("tls-to-client-curl", REQUIRED, MAY, LAPTOP, "tls-to-client", LOGIN, "believes itself safe", (NOTHING, UNLISTED_LOGIN)),
    ("tls-to-server-talk", OLD_TALK, MAY, TALKER, "tls-to-server", LOGIN, "goes on in clear"),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk("want", c.LOGIN[0], "want", *c.LOGIN, *c.BYE), STRICT, TALKER, "late-tls", TLS,
     "tries twice, the second time it is taken"),
) + table(
    raced,
    ("ftp-race-ftplib", FTPLIB, MAY, SCRIPT, "race-refusal", None, "connects again, in clear"),
    ("ftp-race-reset", RECONNECT, MAY, SCRIPT, "race-reset", None, "connects again, in clear"),
)

WHOLE = [
    joined("ftp-opossum", S_CLIENT_IMPLICIT, 990, MAY, CONSOLE, "the command it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, LAPTOP, "ProFTPD does not know GET"),
]

TWICE = table(
    attacked,
    ("withdraw-talk", c.talk(*c.HELLO, *c.HELLO[1:], *c.LOGIN, *c.BYE), MAY, TALKER, "withdraw", LOGIN,
     "offered in the first listing, gone in the second: no word of the dialect says that it stays", (CLEAR_LOGIN, CLEAR_LOGIN)),
)

CASES = HONEST + ATTACKS + POLICIES + WHOLE + vsftpd.CASES + TWICE
