# SPDX-License-Identifier: GPL-2.0-or-later
"""XMPP clients, a server that calls another one, and how each is started."""
import base64
import os

import start
from servers import prosody
from servers.dovecot import SECRET, USER
from xmpp.tricks import HEADER, STARTTLS

JID = "%s@%s" % (USER, prosody.DOMAIN)
PLAIN = base64.b64encode(("\0%s\0%s" % (USER, SECRET)).encode()).decode()
END = "</stream:stream>"
S_CLIENT = start.s_client("-starttls", "xmpp", "-xmpphost", prosody.DOMAIN, stdin=END)
GNUTLS = start.gnutls("xmpp", stdin=END)


def slixmpp(habit, mechanism="any"):
    return lambda v: v.run(start.script("xmpp", "slixmpp_client.py", v.host, v.port, habit, mechanism, JID, SECRET))


def go_sendxmpp(v):
    return v.run(["env", "HOME=" + v.directory, "go-sendxmpp", "-u", JID, "-p", SECRET, "-j",
                  "%s:%d" % (v.bracketed, v.port), "-n", "--timeout", "5", JID], stdin="hello\n")


def text(xml):
    """Bytes of a stream as a step of the scripted client's."""
    return "raw:" + (xml.decode() if isinstance(xml, bytes) else xml)


talk = start.talk
FEATURES = "want:</stream:features>|</stream:stream>"
HELLO = (text(HEADER), FEATURES)
OLD_HELLO = (text(HEADER), "want:<stream:stream[^>]*>")
ASK = (text(STARTTLS), "want:<[^>]*>")
LOGIN = (text("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" % PLAIN),
         "want:<(success|failure).*>")
OLD_LOGIN = (text("<iq type='set' id='a1'><query xmlns='jabber:iq:auth'><username>%s</username><password>%s</password>"
                  "<resource>old</resource></query></iq>" % (USER, SECRET)), "want:</?iq[^>]*>")
AGAIN = (text(HEADER), FEATURES)
BIND = (text("<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"), "want:</iq>")
QUOTE = ("<message to='%s' type='chat'><body>&lt;starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/&gt; "
         "&lt;proceed/&gt; &lt;failure/&gt;</body><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
         "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></message>" % JID)
SAY = (text("<presence/>"), text(QUOTE), "want:</message>")
BYE = (text(END), "want:</stream:stream>")


def slowly(*steps):
    """The first bytes of whatever is sent one by one; more than half has to come at once, or expat waits for more."""
    return tuple(x for step in steps for x in (("slow:16", step) if step.startswith("raw:") else (step,)))


def another_server(setting):
    """Prosody at the client's place; one of its users asks the other server for a sign of life."""
    def run(v):
        me = v.net.source
        header = text(HEADER.replace(prosody.DOMAIN.encode(), me.encode()))
        child = prosody.begin(v.net.client, os.path.join(v.directory, "prosody"), v.identity, me, (me,), setting)
        try:
            ping = text("<iq type='get' id='p1' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>" % v.host)
            return v.run(start.script("talk.py", me, prosody.CLIENTS, header, FEATURES, *LOGIN, header, FEATURES,
                                      *BIND, ping, "want:id='p1'", *BYE))
        finally:
            v.net.client.stop(child)
    return run
