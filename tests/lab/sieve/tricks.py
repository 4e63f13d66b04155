# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in ManageSieve (RFC 5804)."""
import re

from protocol import Protocol, policy_tricks, races, standard

ENDS = re.compile(rb"(OK|NO|BYE)\b", re.I)


class Sieve(Protocol):
    regreets = True

    def is_last(self, talk, asked, unit):
        return ENDS.match(unit) is not None


PROTOCOL = Sieve(b"STARTTLS", rb"OK", rb'^"(STARTTLS)"\r\n', login=rb'^OK.*"Logged in', quietly=(b"STARTTLS\r\n",))

TRICKS = standard("STARTTLS", b'OK "Begin TLS negotiation now."', {
    "refuse-temp": b'NO (TRYLATER) "TLS is not available at the moment."',
    "refuse-perm": b'NO "TLS is not available."',
    "invalid": b"220 Ready to start TLS",
    "redirect": b'BYE (REFERRAL "sieve://elsewhere.example") "Look there."',
}, asks=b"CAPABILITY", no_listing=b'NO "Unknown command."', injected=b"NOOP\r\n",
    forged=b'"IMPLEMENTATION" "forged"\r\n"SASL" "PLAIN"\r\nOK\r\n')
TRICKS["redirect"].what = "answer STARTTLS with a referral"
TRICKS.update(policy_tricks(insists=rb"ENCRYPT-NEEDED", weak=(rb'"SASL" "[^"]*"', b'"SASL" "PLAIN"')))
RACES = races(rb"STARTTLS\r\n", b'OK "Begin TLS negotiation now."\r\n', b'NO "no TLS{fill}"\r\n')
