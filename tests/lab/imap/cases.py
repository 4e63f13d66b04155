# SPDX-License-Identifier: GPL-2.0-or-later
"""The IMAP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR, CLEAR_LOGIN, CONTRADICTION, DECLINED, HISTORY, LEFT, LOGIN, NO_LISTING, NOTHING
from case import REFUSED_PERM, STALLED, TLS, UNUSED, YES
from case import attacked, blocked, crossed, honest, joined, raced, table
from imap import clients as c
from start import at, browser, either

# Settings of servers/dovecot.py.
MAY, NONE, STRICT, TLS12, IMPLICIT = (10, 143), (20, 143), (30, 143), (60, 143), (10, 993)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, FETCHER, SCRIPT, SYNCER, CONSOLE, TALKER, PROBER = range(11, 18)
OLD_LAPTOP, OLD_FETCHER, OLD_SCRIPT, MONITOR, PICKY = range(21, 26)

PLAIN = ("--login-options", "AUTH=PLAIN")
CURL, CURL_REQUIRED = c.curl("--ssl", "-k", *PLAIN), c.curl("--ssl-reqd", "-k", *PLAIN)
FETCHMAIL = c.fetchmail("imap", "no sslcertck")
FETCHMAIL_OLD = c.fetchmail("imap", "sslproto ''")
IMAPLIB, RECONNECT = c.imaplib("opportunistic"), c.imaplib("reconnect")
MBSYNC = c.mbsync("STARTTLS")
S_CLIENT = c.s_client("-starttls", "imap", stdin="q1 LOGOUT\n")
GRANTED = "want:^t2 OK.*\\n"

HONEST = table(
    honest,
    ("upgrade-curl", CURL, MAY, LAPTOP, "curl --ssl: TLS because it is offered"),
    ("upgrade-curl-required", CURL_REQUIRED, MAY, LAPTOP, "curl --ssl-reqd"),
    ("upgrade-fetchmail", FETCHMAIL, MAY, FETCHER, "fetchmail, which takes TLS where it is offered"),
    ("upgrade-imaplib", IMAPLIB, MAY, SCRIPT, "Python's imaplib"),
    ("upgrade-mbsync", MBSYNC, MAY, SYNCER, "mbsync"),
    ("upgrade-s_client", S_CLIENT, MAY, CONSOLE, "openssl s_client, then LOGOUT inside TLS"),
    ("upgrade-lowercase", c.talk("want", "say:t2 starttls", GRANTED, "tls", *c.LOGIN, *c.READ, *c.BYE), MAY, TALKER,
     "the verb in lower case, no listing asked for; the login inside TLS"),
    ("upgrade-strict", IMAPLIB, STRICT, SCRIPT, "a server that demands TLS gets it"),
    ("upgrade-tls12", CURL, TLS12, LAPTOP, "TLS 1.2: the certificate is in clear"),
    ("upgrade-v6", CURL, MAY, LAPTOP, "over IPv6", {"v6": True}),
    ("upgrade-small-segments", IMAPLIB, MAY, SCRIPT, "segments of 88 bytes cut every line and record", {"mss": 88}),
    ("implicit-curl", c.curl("-k", scheme="imaps"), IMPLICIT, LAPTOP, "TLS from the first byte"),
    ("declined-curl", c.curl(*PLAIN), MAY, OLD_LAPTOP, "offered, the client never asks: the password in clear", CLEAR_LOGIN),
    ("declined-imaplib", c.imaplib("never"), MAY, OLD_SCRIPT, "offered, the client never asks", CLEAR_LOGIN),
    ("declined-fetchmail", FETCHMAIL_OLD, MAY, OLD_FETCHER, "told not to use TLS, fetchmail prefers CRAM-MD5: "
     "no recoverable secret", DECLINED),
    ("declined-quoting", c.talk(*c.HELLO, *c.LOGIN, *c.READ, *c.APPEND, *c.BYE), MAY, OLD_SCRIPT,
     "letters in both directions quote the protocol; nothing in them is protocol", CLEAR_LOGIN,
     {"tshark_blind": ("requested",)}),
    ("declined-v6", c.curl(*PLAIN), MAY, OLD_LAPTOP, "over IPv6", CLEAR_LOGIN, {"v6": True}),
    ("not-offered-curl", CURL, NONE, LAPTOP, "the server has no TLS: the password in clear", ABSENT),
    ("not-offered-fetchmail", FETCHMAIL, NONE, FETCHER, "the server has no TLS; fetchmail never asks for "
     "more than the greeting's listing"),
    ("not-offered-mbsync", MBSYNC, NONE, SYNCER, "mbsync insists, and leaves: the greeting alone is no "
     "complete listing"),
    ("not-offered-quoting", c.talk(*c.HELLO, *c.LOGIN, *c.READ, *c.BYE), NONE, TALKER, "a letter quotes an offer",
     ABSENT),
    ("not-offered-asked", c.talk(*c.HELLO, *c.ASK, *c.BYE), NONE, TALKER, "asked without an offer, refused, gone",
     (REFUSED_PERM, HISTORY)),
    ("not-offered-v6", CURL, NONE, LAPTOP, "over IPv6", ABSENT, {"v6": True}),
    ("strict-imaplib", c.imaplib("never"), STRICT, OLD_SCRIPT, "NO [PRIVACYREQUIRED]: the login in clear is refused, "
     "but the password has crossed", CLEAR_LOGIN),
    ("strict-curl", c.curl(), STRICT, OLD_LAPTOP, "LOGINDISABLED: curl does not even try"),
    ("short-banner", c.talk("want"), MAY, MONITOR, "a health check leaves after the greeting"),
    ("short-listing", c.talk(*c.HELLO, *c.BYE), MAY, MONITOR, "a health check leaves after the listing"),
    ("short-go-quit", c.talk(*c.HELLO, *c.ASK), MAY, PROBER, "STARTTLS, OK, gone", UNUSED),
    ("rejected-curl", c.curl("--ssl-reqd"), MAY, PICKY, "curl dislikes the certificate: a fatal alert in clear"),
)

CLEAR_TALK = c.talk(*c.HELLO, "say:t2 STARTTLS", "maybe:^x?t2 .*\\n", *c.LOGIN, *c.READ, *c.BYE)
ATTACKS = table(
    attacked,
    ("strip-curl", CURL, MAY, LAPTOP, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-fetchmail", FETCHMAIL, MAY, FETCHER, "strip-offer", CLEAR,
     "goes on in clear, with a challenge; the greeting alone tells too little", (NOTHING, DECLINED)),
    ("strip-imaplib", IMAPLIB, MAY, SCRIPT, "strip-offer", LOGIN, "goes on in clear"),
    ("strip-mbsync", MBSYNC, MAY, SYNCER, "strip-offer", LEFT, "gives up: the greeting alone tells too little",
     (NOTHING, NOTHING)),
    ("strip-s_client", S_CLIENT, MAY, CONSOLE, "strip-offer", TLS, "asks all the same, and gets what the listing lacked"),
    ("strip-v6", CURL, MAY, LAPTOP, "strip-offer", LOGIN, "over IPv6", {"v6": True}),
    ("strip-strict", CURL, STRICT, LAPTOP, "strip-offer", LEFT, "LOGINDISABLED without an offer contradicts itself",
     (CONTRADICTION, NOTHING)),
    ("withdraw-talk", c.talk(*c.HELLO, *c.HELLO[1:], *c.LOGIN, *c.READ, *c.BYE), MAY, TALKER, "withdraw", LOGIN,
     "offered in the greeting, gone in the listing"),
    ("mask-curl", CURL, MAY, LAPTOP, "mask", LOGIN, "goes on in clear"),
    ("corrupt-imaplib", IMAPLIB, MAY, SCRIPT, "corrupt", LOGIN, "goes on in clear"),
    ("refuse-listing-talk", c.talk(*c.HELLO, *c.LOGIN, *c.BYE), MAY, TALKER, "refuse-listing", LOGIN,
     "logs in without a listing", (NO_LISTING, CLEAR_LOGIN)),
    ("mask-listing-talk", c.talk(*c.HELLO, *c.LOGIN, *c.BYE), MAY, TALKER, "mask-listing", LOGIN,
     "logs in without a listing"),
    ("refuse-no-curl", CURL, MAY, LAPTOP, "refuse-temp", LOGIN, "goes on in clear"),
    ("refuse-no-fetchmail", FETCHMAIL, MAY, FETCHER, "refuse-temp", CLEAR, "goes on in clear"),
    ("refuse-no-imaplib", IMAPLIB, MAY, SCRIPT, "refuse-temp", LOGIN, "goes on in clear"),
    ("refuse-no-mbsync", MBSYNC, MAY, SYNCER, "refuse-temp", LEFT, "gives up"),
    ("refuse-bad-curl", CURL, MAY, LAPTOP, "refuse-perm", LOGIN, "goes on in clear"),
    ("refuse-bad-fetchmail", FETCHMAIL, MAY, FETCHER, "refuse-perm", CLEAR, "goes on in clear"),
    ("invalid-tag-talk", CLEAR_TALK, MAY, TALKER, "invalid", LOGIN, "takes no notice of another's tag, and goes on in clear"),
    ("untagged-talk", CLEAR_TALK, MAY, TALKER, "untagged", LOGIN,
     "an untagged OK is no answer: waits, then goes on in clear"),
    ("swallow-talk", CLEAR_TALK, MAY, TALKER, "swallow", LOGIN, "waits, then goes on in clear"),
    ("swallow-curl", CURL, MAY, LAPTOP, "swallow", LEFT, "waits, then leaves"),
    ("overwrite-curl", CURL, MAY, LAPTOP, "overwrite", LOGIN, "goes on in clear"),
    ("overwrite-imaplib", IMAPLIB, MAY, SCRIPT, "overwrite", LOGIN, "goes on in clear"),
    ("accept-clear-talk", CLEAR_TALK, MAY, TALKER, "accept-clear", LOGIN, "a careless client that takes OK for done"),
    ("reset-request-imaplib", RECONNECT, MAY, SCRIPT, "reset-request", LOGIN, "connects again, in clear"),
    ("reset-hello-imaplib", RECONNECT, MAY, SCRIPT, "reset-hello", LOGIN, "comes back in clear"),
    ("reset-hello-fetchmail", FETCHMAIL, MAY, FETCHER, "reset-hello", CLEAR, "comes back in clear"),
    ("alert-hello-fetchmail", FETCHMAIL, MAY, FETCHER, "alert-hello", CLEAR, "comes back in clear"),
    ("alert-hello-curl", CURL, MAY, LAPTOP, "alert-hello", LEFT, "gives up"),
    ("garble-hello-imaplib", RECONNECT, MAY, SCRIPT, "garble-hello", LOGIN, "comes back in clear"),
    ("flip-hello-fetchmail", FETCHMAIL, MAY, FETCHER, "flip-hello", CLEAR, "comes back in clear"),
    ("preauth-curl", CURL, MAY, LAPTOP, "preauth", LEFT, "is told no capability it could use, and leaves"),
    ("preauth-mbsync", MBSYNC, MAY, SYNCER, "preauth", LEFT, "notices, and leaves"),
    ("inject-command-curl", CURL, MAY, LAPTOP, "inject-command", LEFT, "the server breaks off",
     (STALLED, ("injected-command", YES))),
    ("inject-response-curl", CURL, MAY, LAPTOP, "inject-response", LEFT, "notices, and leaves"),
    ("inject-response-imaplib", IMAPLIB, MAY, SCRIPT, "inject-response", TLS, "takes the forged reply for a real one"),
    ("tls-to-client-curl", CURL, MAY, LAPTOP, "tls-to-client", LOGIN, "believes itself safe"),
    ("tls-to-server-curl", CURL, MAY, LAPTOP, "tls-to-server", LOGIN, "goes on in clear"),
)

POLICIES = table(
    attacked,
    ("late-tls-talk", c.talk(*c.HELLO, *c.LOGIN, *c.LOGIN, *c.READ, *c.BYE), STRICT, TALKER, "late-tls", LOGIN,
     "says the password twice, the second time it is taken"),
    ("weaken-curl", c.curl("--ssl", "-k"), NONE, LAPTOP, "weaken", LOGIN, "curl prefers CRAM-MD5, and takes what there is",
     (("sasl-downgrade", HISTORY), ABSENT)),
    ("drop-demand-curl", c.curl(), STRICT, OLD_LAPTOP, "drop-demand", LOGIN, "tries a login in clear, which it would not have",
     (CLEAR_LOGIN, CLEAR_LOGIN)),
    ("premature-curl", CURL, MAY, LAPTOP, "premature", TLS, "takes no notice"),
    ("premature-imaplib", c.imaplib("never"), MAY, OLD_SCRIPT, "premature", LOGIN, "takes it for true"),
    ("redirect-curl", CURL, MAY, LAPTOP, "redirect", LOGIN, "goes on in clear"),
    ("preauth-talk", c.talk("want", *c.APPEND, *c.BYE), MAY, TALKER, "preauth-login", CLEAR,
     "stores a letter in the attacker's mailbox", {"tshark_blind": ("requested",)}),
    ("old-greeting-talk", c.talk(*c.HELLO, *c.LOGIN, *c.BYE), MAY, TALKER, "old-greeting", LOGIN, "logs in without a listing",
     (NO_LISTING, CLEAR_LOGIN)),
) + table(
    raced,
    ("imap-race-imaplib", IMAPLIB, MAY, SCRIPT, "race-refusal", ("injected-command", YES), "goes on in clear"),
    ("imap-race-reset", RECONNECT, MAY, SCRIPT, "race-reset", None, "connects again, in clear"),
)

IMAPS = c.curl("-k", "--connect-timeout", "3", *PLAIN, scheme="imaps")
WHOLE = [honest("tls12-s_client", S_CLIENT, TLS12, CONSOLE, "TLS 1.2: the certificate is in clear")] + table(
    attacked,
    ("tls-to-both-curl", CURL, TLS12, LAPTOP, "tls-to-both", TLS, "believes itself safe; the certificate is another"),
) + [
    joined("imap-opossum", c.s_client(stdin="q1 LOGOUT\n"), 993, MAY, CONSOLE, "the command it sends first is the server's first"),
    crossed("alpaca-browser", browser, MAY, LAPTOP, "Dovecot does not know GET"),
    blocked("block-curl", either(at(993, IMAPS), CURL), 993, MAY, LAPTOP, LOGIN, "then comes on the other port, in clear"),
]

CASES = HONEST + ATTACKS + POLICIES + WHOLE
