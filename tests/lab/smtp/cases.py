# SPDX-License-Identifier: GPL-2.0-or-later
"""The SMTP corpus: one row a capture (honest) or a pair of captures (both sides of an attacker)."""
from case import ABSENT, CLEAR_LOGIN, DECLINED, HISTORY, NO_LISTING, NOTHING, REFUSED_PERM, REFUSED_TEMP, UNUSED, YES
from case import LOGIN, TLS, Case, blocked, crossed, honest, joined, raced, table
from case import attacked as standard
from servers.dovecot import SECRET, USER
from smtp import clients as c
from smtp import exim
from start import at, browser, either

# Settings of servers/postfix.py.
MX, SUBMISSION, SUBMISSIONS = (10, 25), (10, 587), (10, 465)
NO_TLS, NO_TLS_SUBMISSION = (20, 25), (20, 587)
STRICT, BROKEN, HIDDEN, TLS12 = (30, 587), (40, 25), (50, 25), (60, 25)

# Speakers: 11-19 use TLS wherever it is offered, 21-29 never do.
LAPTOP, DESKTOP, SCRIPT, MTA, CONSOLE, MUA, TALKER, PROBER = 11, 12, 13, 14, 15, 16, 17, 18
OLD_LAPTOP, OLD_DESKTOP, OLD_SCRIPT, OLD_MTA, MONITOR, DEVICE, GUESSER, PICKY, OLD_TALKER = range(21, 30)

# What tshark does not see: lines that are cut over segments, and TLS that nobody agreed to.
CUT, UNAGREED = ("offered", "requested"), ("hello", "server_hello")

SWAKS = c.swaks("--tls-optional")
CURL = c.curl("--ssl", "-k")
POSTFIX = c.sending_postfix("may")
SMTPLIB = c.smtplib("opportunistic")
RECONNECT = c.smtplib("reconnect")
ACCOUNT = ("--user", USER + ":" + SECRET, "--login-options", "AUTH=PLAIN")
SMTPS = c.curl("-k", "--connect-timeout", "3", *ACCOUNT, scheme="smtps")


def attacked(name, client, speaker, trick, attack, client_sees, server_sees, why, server=MX, **more):
    return Case(name, client, server, speaker, why, {"client": client_sees, "server": server_sees},
                trick=trick, attack=attack, **more)


UPGRADES = [honest("upgrade-" + name, client, server, speaker, why) for name, client, server, speaker, why in (
    ("swaks", c.swaks("--tls"), MX, LAPTOP, "TLS required by the client"),
    ("swaks-optional", SWAKS, MX, LAPTOP, "TLS because it is offered"),
    ("curl", CURL, MX, DESKTOP, "curl --ssl: TLS because it is offered"),
    ("curl-required", c.curl("--ssl-reqd", "-k"), MX, DESKTOP, "curl --ssl-reqd"),
    ("smtplib", SMTPLIB, MX, SCRIPT, "Python's smtplib"),
    ("smtplib-twice", c.smtplib("twice"), MX, SCRIPT, "asks for the listing twice first"),
    ("postfix-may", POSTFIX, MX, MTA, "opportunistic MTA"),
    ("postfix-encrypt", c.sending_postfix("encrypt"), MX, MTA, "MTA with mandatory TLS"),
    ("s_client", c.s_client(), MX, CONSOLE, "openssl s_client, then QUIT inside TLS"),
    ("msmtp", c.msmtp("--tls=on", "--tls-certcheck=off"), MX, MUA, "msmtp"),
    ("talk", c.talk(*c.UPGRADE, *c.MAIL, *c.BYE), MX, TALKER, "the scripted client of the laboratory"),
    ("lowercase", c.talk(*c.HELLO, "say:starttls", "want", "tls", *c.BYE), MX, TALKER, "the verb in lower case"),
    ("without-listing", c.talk("want", "say:HELO talk.example", "want", "say:STARTTLS", "want", "tls", *c.BYE), MX,
     TALKER, "HELO, then STARTTLS unasked: no listing was seen"),
    ("second-try", c.talk(*c.HELLO, "say:STARTTLS now", "want", "say:STARTTLS", "want", "tls", *c.BYE), MX, TALKER,
     "STARTTLS with an argument is refused with 501, without one it is granted"),
    ("auth-plain", c.swaks("--tls", *c.login("PLAIN")), SUBMISSION, LAPTOP, "login inside TLS"),
    ("auth-login", c.smtplib("required", USER, SECRET), SUBMISSION, SCRIPT, "login inside TLS"),
    ("auth-curl", c.curl("--ssl-reqd", "-k", "--user", USER + ":" + SECRET), SUBMISSION, DESKTOP, "login inside TLS"),
    ("auth-msmtp", c.msmtp("--tls=on", "--tls-certcheck=off", "--auth=plain", "--user=" + USER,
                           "--passwordeval=echo " + SECRET), SUBMISSION, MUA, "login inside TLS"),
    ("strict-swaks", c.swaks("--tls", *c.login("PLAIN")), STRICT, LAPTOP, "a server that demands TLS gets it"),
    ("strict-after-demand", c.talk(*c.HELLO, "say:MAIL FROM:<alice@example.org>", "want", "say:STARTTLS", "want",
                                   "tls", *c.BYE), STRICT, TALKER, "530 Must issue STARTTLS, and the client does"),
    ("tls12-swaks", c.swaks("--tls"), TLS12, LAPTOP, "TLS 1.2: the certificate is in clear"),
    ("tls12-postfix", POSTFIX, TLS12, MTA, "TLS 1.2: the certificate is in clear"),
)] + [
    honest("upgrade-v6-swaks", c.swaks("--tls"), MX, LAPTOP, "over IPv6", v6=True),
    honest("upgrade-v6-postfix", POSTFIX, MX, MTA, "over IPv6", v6=True),
    honest("upgrade-v6-smtplib", SMTPLIB, MX, SCRIPT, "over IPv6", v6=True),
    honest("upgrade-vlan", c.swaks("--tls"), MX, LAPTOP, "as a trunk port mirrors it: VLAN 10", vlans=(10,)),
    honest("upgrade-qinq", CURL, MX, DESKTOP, "two VLAN tags: 200 outside, 10 inside", vlans=(200, 10)),
    honest("upgrade-small-segments", POSTFIX, MX, MTA, "segments of 88 bytes cut every line and record", mss=88,
           tshark_blind=CUT),
    honest("upgrade-byte-by-byte", c.talk("want", "slow:230", *c.UPGRADE[1:5], "tls", *c.BYE), MX, TALKER,
           "every byte in a segment of its own, well into the ClientHello"),
]

IMPLICIT = [honest("implicit-" + name, client, SUBMISSIONS, speaker, "TLS from the first byte")
            for name, client, speaker in (
    ("swaks", c.swaks("--tls-on-connect", *c.login("PLAIN")), LAPTOP),
    ("curl", c.curl("-k", "--user", USER + ":" + SECRET, scheme="smtps"), DESKTOP),
    ("s_client", c.s_client(starttls=False), CONSOLE))]

DECLINES = [honest("declined-" + name, client, MX, speaker, why, DECLINED, **more)
            for name, client, speaker, why, more in (
    ("swaks", c.swaks(), OLD_LAPTOP, "offered, the client never asks", {}),
    ("curl", c.curl(), OLD_DESKTOP, "offered, the client never asks", {}),
    ("smtplib", c.smtplib("never"), OLD_SCRIPT, "offered, the client never asks", {}),
    ("postfix", c.sending_postfix("none"), OLD_MTA, "an MTA that was told not to use TLS", {}),
    ("pipelined", c.swaks("--pipeline"), OLD_LAPTOP, "MAIL, RCPT and DATA in one segment", {}),
    ("quoting", c.swaks(), OLD_LAPTOP, "the mail quotes the protocol; nothing in it is protocol",
     {"mail": c.QUOTING_MAIL}),
    ("bdat", c.talk(*c.HELLO, *c.BDAT, *c.BYE), OLD_TALKER, "BDAT chunks that quote the protocol", {}),
    ("v6", c.swaks(), OLD_LAPTOP, "over IPv6", {"v6": True}),
    ("vlan", c.swaks(), OLD_LAPTOP, "as a trunk port mirrors it: VLAN 10", {"vlans": (10,)}),
    ("small-segments", c.swaks(), OLD_LAPTOP, "segments of 88 bytes",
     {"mss": 88, "tshark_blind": CUT}),
    ("byte-by-byte", c.talk("want", "slow:1000", *c.HELLO[1:], "say:MAIL FROM:<alice@example.org>", "want",
                            "say:RCPT TO:<bob@example>", "want", "say:DATA", "want", "say:.", "want", *c.BYE),
     OLD_TALKER, "every byte in a segment of its own", {}))]

LOGINS = [
    honest("declined-auth-plain", c.swaks(*c.login("PLAIN")), SUBMISSION, OLD_LAPTOP,
           "the password in clear although TLS was offered: the client's own fault", CLEAR_LOGIN),
    honest("declined-auth-cram", c.swaks(*c.login("CRAM-MD5")), SUBMISSION, OLD_DESKTOP,
           "challenge and response: no recoverable secret", DECLINED),
] + [honest("not-offered-auth-" + name, client, NO_TLS_SUBMISSION, speaker, why, ABSENT)
     for name, client, speaker, why in (
    ("plain", c.swaks(*c.login("PLAIN")), LAPTOP, "no TLS to be had: the password in clear"),
    ("login", c.swaks(*c.login("LOGIN")), LAPTOP, "no TLS to be had: the password in clear"),
    ("cram", c.swaks(*c.login("CRAM-MD5")), LAPTOP, "challenge and response"),
    ("smtplib", c.smtplib("opportunistic", USER, SECRET), SCRIPT, "smtplib prefers CRAM-MD5"),
    ("curl", c.curl("--user", USER + ":" + SECRET, "--login-options", "AUTH=LOGIN"), DESKTOP,
     "no TLS to be had: the password in clear"),
    ("wrong", c.swaks(*c.login("PLAIN", "guess-1")), GUESSER, "a wrong password: refused with 535"))]

ABSENCES = [honest("not-offered-" + name, client, NO_TLS, speaker, why, ABSENT, **more)
            for name, client, speaker, why, more in (
    ("swaks", SWAKS, LAPTOP, "the server has no TLS", {}),
    ("curl", CURL, DESKTOP, "the server has no TLS", {}),
    ("smtplib", SMTPLIB, SCRIPT, "the server has no TLS", {}),
    ("postfix-may", POSTFIX, MTA, "the server has no TLS", {}),
    ("postfix-encrypt", c.sending_postfix("encrypt", 1), MTA, "the MTA insists, and defers", {}),
    ("quoting", SWAKS, LAPTOP, "the mail quotes an offer", {"mail": c.QUOTING_MAIL}),
    ("v6", SWAKS, LAPTOP, "over IPv6", {"v6": True}))] + [
    honest("not-offered-hidden", SWAKS, HIDDEN, LAPTOP, "the server can, but does not list it", ABSENT),
    honest("not-offered-asked", c.talk(*c.HELLO, "say:STARTTLS", "want", *c.BYE), NO_TLS, TALKER,
           "asked without an offer, refused, gone", (REFUSED_PERM, HISTORY)),
    honest("not-offered-asked-s_client", c.s_client(), NO_TLS, CONSOLE,
           "s_client asks without an offer and shakes hands in spite of the refusal", (REFUSED_PERM, HISTORY),
           tshark_blind=UNAGREED),
    honest("not-offered-hidden-asked", c.talk(*c.HELLO, "say:STARTTLS", "want", *c.BYE), HIDDEN, TALKER,
           "a server that hides the offer refuses the request, too", (REFUSED_PERM, HISTORY)),
]

REFUSALS = [
    honest("broken-swaks", SWAKS, BROKEN, LAPTOP,
           "a server without a usable certificate offers and answers 454; the mail goes out in clear. No one "
           "attacks, but on the wire it is the same", (REFUSED_TEMP, YES)),
    honest("broken-postfix", POSTFIX, BROKEN, MTA, "the same with an MTA", (REFUSED_TEMP, YES)),
    honest("broken-swaks-required", c.swaks("--tls"), BROKEN, CONSOLE, "454, and the client gives up",
           (REFUSED_TEMP, HISTORY)),
    honest("strict-demands", c.swaks(), STRICT, OLD_LAPTOP, "530 Must issue a STARTTLS command first, and gone"),
]

SHORT = [honest("short-" + name, client, server, speaker, why, sees) for name, client, server, speaker, why, sees in (
    ("banner", c.swaks("--quit-after", "banner"), MX, MONITOR, "a health check leaves after the banner", NOTHING),
    ("listing", c.swaks("--quit-after", "ehlo"), MX, MONITOR, "a health check leaves after the listing", NOTHING),
    ("helo", c.talk("want", "say:HELO device.example", "want", *c.MAIL, *c.BYE), MX, DEVICE,
     "a device that only knows HELO", NO_LISTING),
    ("abort", c.talk("want", "abort"), MX, MONITOR, "a probe closes with RST after the banner", NOTHING),
    ("argument", c.talk(*c.HELLO, "say:STARTTLS please", "want", *c.BYE), MX, PROBER,
     "501 is the prescribed answer to an argument", NOTHING),
    ("go-quit", c.talk(*c.HELLO, "say:STARTTLS", "want", "say:QUIT"), MX, PROBER,
     "STARTTLS, 220, QUIT: someone tests by hand", UNUSED),
    ("go-close", c.talk(*c.HELLO, "say:STARTTLS", "want"), MX, PROBER, "STARTTLS, 220, gone", UNUSED))]

EAGER = [honest("eager-hello", c.talk(*c.HELLO, "hello:STARTTLS", *c.BYE), TLS12, PROBER,
                "the ClientHello in one segment with STARTTLS: against RFC 3207, but harmless; Postfix throws it "
                "away and the client waits in vain", ("handshake-stalled", HISTORY), tshark_blind=UNAGREED)]

REJECTS = [honest("rejected-" + name, client, server, PICKY, why) for name, client, server, why in (
    ("curl", c.curl("--ssl-reqd"), MX, "curl dislikes the certificate: a fatal alert in clear"),
    ("curl-tls12", c.curl("--ssl"), TLS12, "the same in TLS 1.2"),
    ("s_client", c.s_client("-verify_return_error", "-no-CAfile"), MX, "s_client dislikes the certificate"),
    ("postfix-verify", c.sending_postfix("verify", 1), MX,
     "Postfix finishes the handshake, dislikes the name, and leaves"))]

PASSES = [Case("pass-" + name, client, MX, speaker, why, {"client": sees, "server": sees}, trick="pass")
          for name, client, speaker, why, sees in (
    ("swaks", c.swaks("--tls"), LAPTOP, "a proxy that changes nothing", NOTHING),
    ("postfix", POSTFIX, MTA, "a proxy that changes nothing", NOTHING),
    ("declined", c.swaks(), OLD_LAPTOP, "a proxy that changes nothing, a client that never asks", DECLINED))]

STRIP = "cap-stripped"
ATTACKS = [attacked(*row[:-1], **row[-1]) for row in (
    ("strip-swaks", SWAKS, LAPTOP, "strip-offer", STRIP, ABSENT, DECLINED, "goes on in clear", {}),
    ("strip-curl", CURL, DESKTOP, "strip-offer", STRIP, ABSENT, DECLINED, "goes on in clear", {}),
    ("strip-smtplib", SMTPLIB, SCRIPT, "strip-offer", STRIP, ABSENT, DECLINED, "goes on in clear", {}),
    ("strip-postfix", POSTFIX, MTA, "strip-offer", STRIP, ABSENT, DECLINED, "goes on in clear", {}),
    ("strip-postfix-encrypt", c.sending_postfix("encrypt", 1), MTA, "strip-offer", STRIP, ABSENT, NOTHING,
     "defers", {}),
    ("strip-msmtp", c.msmtp("--tls=on", "--tls-certcheck=off"), MUA, "strip-offer", STRIP, ABSENT, NOTHING,
     "gives up", {}),
    ("strip-v6-postfix", POSTFIX, MTA, "strip-offer", STRIP, ABSENT, DECLINED, "over IPv6", {"v6": True}),
    ("strip-quoting", SWAKS, LAPTOP, "strip-offer", STRIP, ABSENT, DECLINED, "the mail quotes an offer",
     {"mail": c.QUOTING_MAIL}),
    ("strip-small-segments", SWAKS, LAPTOP, "strip-offer", STRIP, ABSENT, DECLINED, "segments of 88 bytes",
     {"mss": 88}),
    ("strip-own-address", SWAKS, LAPTOP, "strip-offer", STRIP, ABSENT, DECLINED,
     "the proxy connects from its own address: the server's side sees a stranger", {"options": ("--own-address",)}),
    ("strip-auth-swaks", c.swaks("--tls-optional", *c.login("PLAIN")), LAPTOP, "strip-offer", STRIP, ABSENT,
     CLEAR_LOGIN, "the password goes out in clear", {"server": SUBMISSION}),
    ("strip-auth-curl", c.curl("--ssl", "-k", "--user", USER + ":" + SECRET, "--login-options", "AUTH=PLAIN"),
     DESKTOP, "strip-offer", STRIP, ABSENT, CLEAR_LOGIN, "the password goes out in clear", {"server": SUBMISSION}),
    ("strip-strict", SWAKS, LAPTOP, "strip-offer", STRIP, ("cap-contradiction", YES), NOTHING,
     "the server still demands what the listing now lacks", {"server": STRICT}),
    ("strip-s_client", c.s_client(), CONSOLE, "strip-offer", STRIP, ("cap-contradiction", YES), NOTHING,
     "asks all the same, and gets what the listing lacked", {}),
    ("withdraw-smtplib", c.smtplib("twice"), SCRIPT, "withdraw", "cap-withdrawn", ("cap-withdrawn", YES), DECLINED,
     "offered in the first listing, gone in the second", {}),
    ("withdraw-talk", c.talk(*c.HELLO, *c.HELLO[1:], *c.MAIL, *c.BYE), TALKER, "withdraw", "cap-withdrawn",
     ("cap-withdrawn", YES), DECLINED, "offered in the first listing, gone in the second", {}),
    ("mask-swaks", SWAKS, LAPTOP, "mask", "cap-masked", ("cap-masked", YES), DECLINED, "goes on in clear", {}),
    ("mask-postfix", POSTFIX, MTA, "mask", "cap-masked", NO_LISTING, NO_LISTING,
     "takes the stars for an old firewall and says HELO", {}),
    ("corrupt-curl", CURL, DESKTOP, "corrupt", "cap-corrupted", ("cap-corrupted", YES), DECLINED,
     "goes on in clear", {}),
    ("corrupt-postfix", POSTFIX, MTA, "corrupt", "cap-corrupted", ("cap-corrupted", YES), DECLINED,
     "goes on in clear", {}),
    ("refuse-ehlo-swaks", SWAKS, LAPTOP, "refuse-ehlo", "cap-cmd-refused", NO_LISTING, NO_LISTING,
     "falls back to HELO", {}),
    ("refuse-ehlo-curl", CURL, DESKTOP, "refuse-ehlo", "cap-cmd-refused", NO_LISTING, NO_LISTING,
     "falls back to HELO", {}),
    ("refuse-ehlo-postfix", POSTFIX, MTA, "refuse-ehlo", "cap-cmd-refused", NO_LISTING, NO_LISTING,
     "falls back to HELO", {}),
    ("mask-ehlo-postfix", POSTFIX, MTA, "mask-ehlo", "cmd-corrupted", NO_LISTING, ("cmd-corrupted", YES),
     "falls back to HELO", {}),
    ("mask-ehlo-smtplib", SMTPLIB, SCRIPT, "mask-ehlo", "cmd-corrupted", NO_LISTING, ("cmd-corrupted", YES),
     "falls back to HELO", {}),
    ("refuse-454-swaks", SWAKS, LAPTOP, "refuse-454", REFUSED_TEMP, (REFUSED_TEMP, YES), DECLINED,
     "goes on in clear", {}),
    ("refuse-454-curl", CURL, DESKTOP, "refuse-454", REFUSED_TEMP, (REFUSED_TEMP, YES), DECLINED,
     "goes on in clear", {}),
    ("refuse-454-smtplib", SMTPLIB, SCRIPT, "refuse-454", REFUSED_TEMP, (REFUSED_TEMP, YES), DECLINED,
     "goes on in clear", {}),
    ("refuse-454-postfix", POSTFIX, MTA, "refuse-454", REFUSED_TEMP, (REFUSED_TEMP, YES), DECLINED,
     "goes on in clear", {}),
    ("refuse-454-smtplib-required", c.smtplib("required"), SCRIPT, "refuse-454", REFUSED_TEMP,
     (REFUSED_TEMP, HISTORY), NOTHING, "gives up", {}),
    ("refuse-454-auth-swaks", c.swaks("--tls-optional", *c.login("PLAIN")), LAPTOP, "refuse-454", REFUSED_TEMP,
     (REFUSED_TEMP, YES), CLEAR_LOGIN, "the password goes out in clear", {"server": SUBMISSION}),
    ("refuse-454-s_client", c.s_client(), CONSOLE, "refuse-454", REFUSED_TEMP, (REFUSED_TEMP, HISTORY), NOTHING,
     "shakes hands in spite of the refusal", {"tshark_blind": UNAGREED}),
    ("refuse-501-postfix", POSTFIX, MTA, "refuse-501", REFUSED_PERM, (REFUSED_PERM, YES), DECLINED,
     "goes on in clear", {}),
    ("refuse-501-smtplib", SMTPLIB, SCRIPT, "refuse-501", REFUSED_PERM, (REFUSED_PERM, YES), DECLINED,
     "goes on in clear", {}),
    ("invalid-200-smtplib", SMTPLIB, SCRIPT, "invalid-200", "request-invalid-reply",
     ("request-invalid-reply", YES), DECLINED, "goes on in clear", {}),
    ("invalid-200-postfix", POSTFIX, MTA, "invalid-200", "request-invalid-reply", ("request-invalid-reply", YES),
     DECLINED, "takes 200 for a go-ahead", {"tshark_blind": UNAGREED}),
    ("swallow-swaks", SWAKS, LAPTOP, "swallow", "request-swallowed", ("request-swallowed", YES), DECLINED,
     "waits, then goes on in clear", {}),
    ("swallow-postfix", POSTFIX, MTA, "swallow", "request-swallowed", ("request-swallowed", HISTORY), NOTHING,
     "waits, then leaves", {}),
    ("swallow-talk", c.talk(*c.HELLO, "say:STARTTLS", "maybe", *c.MAIL, *c.BYE), TALKER, "swallow",
     "request-swallowed", ("request-swallowed", YES), DECLINED, "waits, then goes on in clear", {}),
    ("overwrite-swaks", SWAKS, LAPTOP, "overwrite", "cmd-corrupted", (REFUSED_PERM, YES), ("cmd-corrupted", YES),
     "goes on in clear", {}),
    ("overwrite-postfix", POSTFIX, MTA, "overwrite", "cmd-corrupted", (REFUSED_PERM, YES), ("cmd-corrupted", YES),
     "goes on in clear", {}),
    ("accept-clear-talk", c.talk(*c.HELLO, "say:STARTTLS", "want", *c.HELLO[1:], *c.MAIL, *c.BYE), TALKER,
     "accept-clear", "plaintext-after-accept", ("plaintext-after-accept", YES), DECLINED,
     "a careless client that takes 220 for done", {}),
    ("reset-request-postfix", POSTFIX, MTA, "reset-request", "request-swallowed", ("request-swallowed", HISTORY),
     NOTHING, "defers and asks again", {}),
    ("reset-request-smtplib", RECONNECT, SCRIPT, "reset-request", "request-swallowed",
     ("request-swallowed", HISTORY), DECLINED, "connects again, in clear", {}),
    ("reset-hello-postfix", POSTFIX, MTA, "reset-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), ("handshake-failed-fallback", YES), "comes back in clear", {}),
    ("reset-hello-smtplib", RECONNECT, SCRIPT, "reset-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), ("handshake-failed-fallback", YES), "comes back in clear", {}),
    ("reset-hello-curl", CURL, DESKTOP, "reset-hello", "handshake-stalled", ("handshake-stalled", HISTORY), UNUSED,
     "gives up", {}),
    ("alert-hello-postfix", POSTFIX, MTA, "alert-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), DECLINED, "comes back in clear", {}),
    ("alert-hello-swaks", SWAKS, LAPTOP, "alert-hello", "handshake-stalled", ("handshake-stalled", HISTORY), UNUSED,
     "gives up", {}),
    ("garble-hello-postfix", POSTFIX, MTA, "garble-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), ("handshake-failed-fallback", YES), "comes back in clear", {}),
    ("garble-hello-smtplib", RECONNECT, SCRIPT, "garble-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), ("handshake-failed-fallback", YES), "comes back in clear", {}),
    ("flip-hello-postfix", POSTFIX, MTA, "flip-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), ("handshake-failed-fallback", YES), "comes back in clear", {}),
    ("flip-hello-smtplib", RECONNECT, SCRIPT, "flip-hello", "handshake-failed-fallback",
     ("handshake-failed-fallback", YES), ("handshake-failed-fallback", YES), "comes back in clear", {}),
    ("inject-command-swaks", c.swaks("--tls"), LAPTOP, "inject-command", "injected-command", NOTHING,
     ("injected-command", YES), "notices nothing", {}),
    ("inject-command-postfix", POSTFIX, MTA, "inject-command", "injected-command", NOTHING,
     ("injected-command", YES), "notices nothing", {}),
    ("inject-response-swaks", c.swaks("--tls"), LAPTOP, "inject-response", "injected-response",
     ("injected-response", YES), NOTHING, "upgrades, then takes the forged listing for the real one", {}),
    ("inject-response-postfix", POSTFIX, MTA, "inject-response", "injected-response",
     ("injected-response", YES), NOTHING, "throws the forged reply away", {}),
    ("inject-response-curl", CURL, DESKTOP, "inject-response", "injected-response", ("injected-response", YES),
     UNUSED, "notices, and leaves", {}),
    ("tls-to-client-swaks", c.swaks("--tls"), LAPTOP, "tls-to-client", "half-strip", NOTHING, DECLINED,
     "believes itself safe", {}),
    ("tls-to-client-postfix", POSTFIX, MTA, "tls-to-client", "half-strip", NOTHING, DECLINED,
     "believes itself safe", {}),
    ("tls-to-server-swaks", SWAKS, LAPTOP, "tls-to-server", "half-strip", ABSENT, NOTHING, "goes on in clear", {}),
    ("tls-to-server-postfix", POSTFIX, MTA, "tls-to-server", "half-strip", ABSENT, NOTHING, "goes on in clear", {}),
)]

# Both sides show the same connection, as two taps on one path do: kept apart from the others.
TAPS = [
    Case("routed-swaks", c.swaks("--tls"), MX, LAPTOP, "two taps before and behind a router",
         {"client": NOTHING, "server": NOTHING}, taps=True),
    raced("race-454-smtplib", SMTPLIB, MX, SCRIPT, "race-454", ("injected-command", YES),
          "someone on the side answers 454 before the server's 220"),
    raced("race-454-postfix", POSTFIX, MX, MTA, "race-454", ("injected-command", YES),
          "someone on the side answers 454 before the server's 220"),
]

HONEST = UPGRADES + IMPLICIT + DECLINES + LOGINS + ABSENCES + REFUSALS + SHORT + EAGER + REJECTS
POLICIES = table(
    standard,
    ("late-tls-talk", c.talk(*c.HELLO, "say:MAIL FROM:<alice@example.org>", "want", *c.MAIL, *c.BYE), STRICT, TALKER, "late-tls",
     TLS, "asked twice, the second time it is taken"),
    ("weaken-smtplib", c.smtplib("opportunistic", USER, SECRET), NO_TLS_SUBMISSION, SCRIPT, "weaken", LOGIN,
     "smtplib prefers CRAM-MD5, and takes what there is", (("sasl-downgrade", HISTORY), ABSENT)),
)
RACES = [raced("smtp-race-reset", RECONNECT, MX, SCRIPT, "race-reset", None, "connects again, in clear")]

WHOLE = table(
    standard,
    ("tls-to-both-swaks", c.swaks("--tls"), TLS12, LAPTOP, "tls-to-both", TLS, "believes itself safe; the certificate is another"),
    ("tls-to-both-postfix", POSTFIX, TLS12, MTA, "tls-to-both", TLS, "does not look at certificates"),
) + [
    joined("smtp-opossum", c.s_client(starttls=False), 465, SUBMISSION, CONSOLE, "the command it sends first is the server's first"),
    crossed("alpaca-browser", browser, MX, DESKTOP, "Postfix hangs up on GET"),
    blocked("block-curl", either(at(465, SMTPS), c.curl("--ssl", "-k", *ACCOUNT)), 465, SUBMISSION,
            DESKTOP, LOGIN, "then comes on the other port, where the password goes out in clear"),
    Case("block-upgrade", either(at(465, SMTPS), c.curl("--ssl", "-k", *ACCOUNT)), SUBMISSION,
         DESKTOP, "then upgrades on the other port: nothing is lost", {"client": NOTHING, "server": NOTHING}, trick="pass",
         attack="port-downgrade", blocked=465),
]

CASES = HONEST + PASSES + ATTACKS + TAPS + POLICIES + RACES + exim.CASES + WHOLE
for case in CASES:
    case.mail = case.mail or c.PLAIN_MAIL
