# SPDX-License-Identifier: GPL-2.0-or-later
"""The SMTP corpus, with Exim: as a server beside Postfix, and as an MTA that sends."""
from case import ABSENT, CLEAR, CLEAR_LOGIN, CONTRADICTION, DECLINED, FALLBACK, HISTORY, LEFT, LOGIN, NO_LISTING, NOTHING
from case import REFUSED_PERM, REFUSED_TEMP, STALLED, TLS, UNUSED, YES, Case, attacked, crossed, honest, table
from servers.dovecot import SECRET, USER
from smtp import clients as c
from start import browser

# Settings of servers/exim.py, and two of servers/postfix.py.
MX, SUBMISSION, SUBMISSIONS = (70, 25), (70, 587), (70, 465)
NO_TLS, NO_TLS_SUBMISSION, STRICT = (80, 25), (80, 587), (90, 587)
POSTFIX_MX, POSTFIX_NO_TLS, POSTFIX_BROKEN = (10, 25), (20, 25), (40, 25)
# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, DESKTOP, SCRIPT, MTA, CONSOLE, MUA, TALKER, PROBER, EXIM_MTA = range(11, 20)
OLD_LAPTOP, OLD_DESKTOP, OLD_SCRIPT, OLD_MTA, MONITOR, PICKY = 21, 22, 23, 24, 25, 28

SWAKS, CURL, SMTPLIB = c.swaks("--tls-optional"), c.curl("--ssl", "-k"), c.smtplib("opportunistic")
RECONNECT, POSTFIX = c.smtplib("reconnect"), c.sending_postfix("may")
BROKEN, UNAGREED = (FALLBACK, YES), ("hello", "server_hello")         # tshark does not see TLS that nobody agreed to
EXIM, EXIM_REQUIRED = c.sending_exim(), c.sending_exim(demand=True)
PLAIN = c.login("PLAIN")

HONEST = table(
    honest,
    ("exim-upgrade-swaks", c.swaks("--tls"), MX, LAPTOP, "TLS required by the client"),
    ("exim-upgrade-optional", SWAKS, MX, LAPTOP, "TLS because it is offered"),
    ("exim-upgrade-curl", CURL, MX, DESKTOP, "curl --ssl: TLS because it is offered"),
    ("exim-upgrade-smtplib", SMTPLIB, MX, SCRIPT, "Python's smtplib"),
    ("exim-upgrade-postfix", POSTFIX, MX, MTA, "Postfix sends to Exim"),
    ("exim-upgrade-exim", EXIM, MX, EXIM_MTA, "Exim sends to Exim"),
    ("exim-upgrade-s_client", c.s_client(), MX, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("exim-upgrade-gnutls", c.gnutls("smtp"), MX, CONSOLE, "gnutls-cli"),
    ("exim-upgrade-msmtp", c.msmtp("--tls=on", "--tls-certcheck=off"), MX, MUA, "msmtp"),
    ("exim-auth-swaks", c.swaks("--tls", *PLAIN), SUBMISSION, LAPTOP, "login inside TLS"),
    ("exim-auth-curl", c.curl("--ssl-reqd", "-k", "--user", USER + ":" + SECRET), SUBMISSION, DESKTOP, "login inside TLS"),
    ("exim-strict-swaks", c.swaks("--tls", *PLAIN), STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("exim-implicit-swaks", c.swaks("--tls-on-connect", *PLAIN), SUBMISSIONS, LAPTOP, "TLS from the first byte"),
    ("exim-implicit-curl", c.curl("-k", "--user", USER + ":" + SECRET, scheme="smtps"), SUBMISSIONS, DESKTOP,
     "TLS from the first byte"),
    ("exim-declined-swaks", c.swaks(), MX, OLD_LAPTOP, "offered, the client never asks", DECLINED),
    ("exim-declined-curl", c.curl(), MX, OLD_DESKTOP, "offered, the client never asks", DECLINED),
    ("exim-declined-smtplib", c.smtplib("never"), MX, OLD_SCRIPT, "offered, the client never asks", DECLINED),
    ("exim-declined-postfix", c.sending_postfix("none"), MX, OLD_MTA, "an MTA that was told not to use TLS", DECLINED),
    ("exim-declined-auth", c.swaks(*PLAIN), SUBMISSION, OLD_LAPTOP,
     "the password in clear although TLS was offered: the client's own fault", CLEAR_LOGIN),
    ("exim-not-offered-swaks", SWAKS, NO_TLS, LAPTOP, "the server has no TLS", ABSENT),
    ("exim-not-offered-postfix", POSTFIX, NO_TLS, MTA, "the server has no TLS", ABSENT),
    ("exim-not-offered-exim", EXIM, NO_TLS, EXIM_MTA, "the server has no TLS", ABSENT),
    ("exim-not-offered-auth", c.swaks(*PLAIN), NO_TLS_SUBMISSION, LAPTOP, "no TLS to be had: the password in clear", ABSENT),
    ("exim-not-offered-auth-login", c.swaks(*c.login("LOGIN")), NO_TLS_SUBMISSION, LAPTOP,
     "no TLS to be had: the password in clear", ABSENT),
    ("exim-not-offered-auth-cram", c.swaks(*c.login("CRAM-MD5")), NO_TLS_SUBMISSION, LAPTOP, "challenge and response", ABSENT),
    ("exim-not-offered-auth-smtplib", c.smtplib("opportunistic", USER, SECRET), NO_TLS_SUBMISSION, SCRIPT,
     "smtplib prefers CRAM-MD5", ABSENT),
    ("exim-not-offered-auth-curl", c.curl("--user", USER + ":" + SECRET, "--login-options", "AUTH=LOGIN"), NO_TLS_SUBMISSION,
     DESKTOP, "no TLS to be had: the password in clear", ABSENT),
    ("exim-not-offered-asked", c.talk(*c.HELLO, "say:STARTTLS", "want", *c.BYE), NO_TLS, TALKER,
     "asked without an offer, refused, gone", (REFUSED_PERM, HISTORY)),
    ("exim-strict-demands", c.swaks(), STRICT, OLD_LAPTOP, "530 Must issue a STARTTLS command first, and gone"),
    ("exim-short-listing", c.swaks("--quit-after", "ehlo"), MX, MONITOR, "a health check leaves after the listing"),
    ("exim-short-go-close", c.talk(*c.HELLO, "say:STARTTLS", "want"), MX, PROBER, "STARTTLS, 220, gone", UNUSED),
    ("exim-rejected-curl", c.curl("--ssl-reqd"), MX, PICKY, "curl dislikes the certificate: a fatal alert in clear"),
    ("exim-sends", EXIM, POSTFIX_MX, EXIM_MTA, "Exim sends as it comes out of the box"),
    ("exim-sends-required", EXIM_REQUIRED, POSTFIX_MX, EXIM_MTA, "Exim with hosts_require_tls"),
    ("exim-sends-without", EXIM, POSTFIX_NO_TLS, EXIM_MTA, "the server has no TLS", ABSENT),
    ("exim-sends-required-without", EXIM_REQUIRED, POSTFIX_NO_TLS, EXIM_MTA, "Exim insists, and defers", ABSENT),
    ("exim-sends-broken", EXIM, POSTFIX_BROKEN, EXIM_MTA, "a server without a usable certificate offers and answers 454",
     (REFUSED_TEMP, YES)),
)

SERVER = table(
    attacked,
    ("exim-strip-swaks", SWAKS, MX, LAPTOP, "strip-offer", CLEAR, "goes on in clear"),
    ("exim-strip-postfix", POSTFIX, MX, MTA, "strip-offer", CLEAR, "goes on in clear"),
    ("exim-strip-exim", EXIM, MX, EXIM_MTA, "strip-offer", CLEAR, "Exim to Exim: goes on in clear"),
    ("exim-strip-auth", c.swaks("--tls-optional", *PLAIN), SUBMISSION, LAPTOP, "strip-offer", LOGIN,
     "the password goes out in clear"),
    ("exim-strip-strict", SWAKS, STRICT, LAPTOP, "strip-offer", LEFT, "the server still demands what the listing now lacks",
     (CONTRADICTION, NOTHING)),
    ("exim-withdraw-smtplib", c.smtplib("twice"), MX, SCRIPT, "withdraw", CLEAR, "offered in the first listing, gone in "
     "the second"),
    ("exim-mask-swaks", SWAKS, MX, LAPTOP, "mask", CLEAR, "goes on in clear"),
    ("exim-corrupt-curl", CURL, MX, DESKTOP, "corrupt", CLEAR, "goes on in clear"),
    ("exim-mask-ehlo-smtplib", SMTPLIB, MX, SCRIPT, "mask-ehlo", CLEAR, "falls back to HELO"),
    ("exim-refuse-454-swaks", SWAKS, MX, LAPTOP, "refuse-454", CLEAR, "goes on in clear"),
    ("exim-refuse-501-smtplib", SMTPLIB, MX, SCRIPT, "refuse-501", CLEAR, "goes on in clear"),
    ("exim-refuse-454-required", c.swaks("--tls"), MX, LAPTOP, "refuse-454", LEFT, "gives up"),
    ("exim-invalid-200-smtplib", SMTPLIB, MX, SCRIPT, "invalid-200", CLEAR, "takes 200 for a refusal"),
    ("exim-swallow-swaks", SWAKS, MX, LAPTOP, "swallow", CLEAR, "waits, then goes on in clear"),
    ("exim-overwrite-swaks", SWAKS, MX, LAPTOP, "overwrite", CLEAR, "goes on in clear"),
    ("exim-accept-clear-talk", c.talk(*c.HELLO, "say:STARTTLS", "want", *c.MAIL, *c.BYE), MX, TALKER, "accept-clear", CLEAR,
     "a careless client that takes 220 for done"),
    ("exim-reset-request-smtplib", RECONNECT, MX, SCRIPT, "reset-request", CLEAR, "connects again, in clear"),
    ("exim-reset-hello-smtplib", RECONNECT, MX, SCRIPT, "reset-hello", CLEAR, "comes back in clear"),
    ("exim-alert-hello-postfix", POSTFIX, MX, MTA, "alert-hello", CLEAR, "four connections, the last one in clear",
     (BROKEN, BROKEN)),
    ("exim-garble-hello-smtplib", RECONNECT, MX, SCRIPT, "garble-hello", CLEAR, "comes back in clear"),
    ("exim-flip-hello-swaks", SWAKS, MX, LAPTOP, "flip-hello", LEFT, "gives up"),
    ("exim-inject-command-swaks", c.swaks("--tls"), MX, LAPTOP, "inject-command", TLS, "notices nothing"),
    ("exim-tls-to-client-swaks", c.swaks("--tls"), MX, LAPTOP, "tls-to-client", CLEAR, "believes itself safe"),
    ("exim-tls-to-server-swaks", SWAKS, MX, LAPTOP, "tls-to-server", CLEAR, "goes on in clear"),
    ("exim-late-tls-talk", c.talk(*c.HELLO, "say:MAIL FROM:<alice@example.org>", "want", *c.MAIL, *c.BYE), STRICT, TALKER,
     "late-tls", TLS, "asked twice, the second time it is taken"),
    ("exim-weaken-smtplib", c.smtplib("opportunistic", USER, SECRET), NO_TLS_SUBMISSION, SCRIPT, "weaken", LOGIN,
     "smtplib prefers CRAM-MD5, and takes what there is", (("sasl-downgrade", HISTORY), ABSENT)),
)

SENDER = table(
    attacked,
    ("exim-sends-strip", EXIM, POSTFIX_MX, EXIM_MTA, "strip-offer", CLEAR, "goes on in clear"),
    ("exim-sends-strip-required", EXIM_REQUIRED, POSTFIX_MX, EXIM_MTA, "strip-offer", LEFT, "defers"),
    ("exim-sends-mask", EXIM, POSTFIX_MX, EXIM_MTA, "mask", CLEAR, "goes on in clear"),
    ("exim-sends-corrupt", EXIM, POSTFIX_MX, EXIM_MTA, "corrupt", CLEAR, "goes on in clear"),
    ("exim-sends-refuse-454", EXIM, POSTFIX_MX, EXIM_MTA, "refuse-454", CLEAR, "goes on in clear"),
    ("exim-sends-refuse-required", EXIM_REQUIRED, POSTFIX_MX, EXIM_MTA, "refuse-454", LEFT, "defers"),
    ("exim-sends-refuse-501", EXIM, POSTFIX_MX, EXIM_MTA, "refuse-501", CLEAR, "goes on in clear"),
    ("exim-sends-invalid-200", EXIM, POSTFIX_MX, EXIM_MTA, "invalid-200", CLEAR, "takes 200 for a go-ahead, and comes back "
     "in clear", {"tshark_blind": UNAGREED}),
    ("exim-sends-swallow", EXIM, POSTFIX_MX, EXIM_MTA, "swallow", LEFT, "waits, and leaves"),
    ("exim-sends-overwrite", EXIM, POSTFIX_MX, EXIM_MTA, "overwrite", CLEAR, "goes on in clear"),
    ("exim-sends-reset-request", EXIM, POSTFIX_MX, EXIM_MTA, "reset-request", LEFT, "defers"),
    ("exim-sends-reset-hello", EXIM, POSTFIX_MX, EXIM_MTA, "reset-hello", CLEAR, "connects again at once, in clear"),
    ("exim-sends-alert-hello", EXIM, POSTFIX_MX, EXIM_MTA, "alert-hello", CLEAR, "connects again at once, in clear"),
    ("exim-sends-garble-hello", EXIM, POSTFIX_MX, EXIM_MTA, "garble-hello", CLEAR, "connects again at once, in clear"),
    ("exim-sends-flip-hello", EXIM, POSTFIX_MX, EXIM_MTA, "flip-hello", CLEAR, "connects again at once, in clear"),
    ("exim-sends-inject-command", EXIM, POSTFIX_MX, EXIM_MTA, "inject-command", TLS, "notices nothing"),
    ("exim-sends-tls-to-client", EXIM, POSTFIX_MX, EXIM_MTA, "tls-to-client", CLEAR, "believes itself safe"),
    ("exim-sends-tls-to-server", EXIM, POSTFIX_MX, EXIM_MTA, "tls-to-server", CLEAR, "goes on in clear"),
)

# Of the server's side nothing is kept: an answer in clear to who breaks off inside TLS (Exim receives), or what only a longer
# history could judge: a client that has upgraded (Exim sends), or HELO alone.
INJECTED = ("injected-response", YES)
ONE_SIDED = [
    Case("exim-refuse-ehlo-swaks", SWAKS, MX, LAPTOP, "falls back to HELO", {"client": NO_LISTING}, trick="refuse-ehlo",
         attack="cap-cmd-refused"),
    Case("exim-sends-refuse-ehlo", EXIM, POSTFIX_MX, EXIM_MTA, "falls back to HELO", {"client": NO_LISTING}, trick="refuse-ehlo",
         attack="cap-cmd-refused"),
    Case("exim-inject-response-swaks", c.swaks("--tls"), MX, LAPTOP, "upgrades, takes the forged listing for the real one, and breaks "
         "off", {"client": INJECTED}, trick="inject-response", attack="injected-response"),
    Case("exim-sends-inject-response", EXIM, POSTFIX_MX, EXIM_MTA, "shakes hands, notices, leaves, and comes back at once, "
         "in clear", {"client": INJECTED}, trick="inject-response", attack="injected-response"),
]
CROSSED = [crossed("exim-alpaca-browser", browser, MX, DESKTOP, "Exim has nothing to do with h2, and breaks off", STALLED)]
CASES = HONEST + SERVER + SENDER + ONE_SIDED + CROSSED
