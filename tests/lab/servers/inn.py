# SPDX-License-Identifier: GPL-2.0-or-later
"""INN's nnrpd, one instance a setting, with one group and one article that quotes the protocol."""
import os
import shutil

from net import SERVER4, SERVER6, command
from servers.dovecot import SECRET, USER
from wait import until

NEWS = "/usr/lib/news/bin/"
GROUP, ARTICLE_ID = "lab.test", "<1@news.example>"
CONFIG = """
domain: news.example
pathhost: news.example
fromhost: news.example
organization: "a laboratory"
mta: "/bin/false %s"
runasuser: nobody
runasgroup: nogroup
pathnews: /usr/lib/news
pathdb: {dir}/db
pathetc: {dir}
pathrun: {dir}/run
pathlog: {dir}/log
pathspool: {dir}
patharticles: {dir}/articles
pathoverview: {dir}/overview
pathtmp: {dir}/tmp
hismethod: hisv6
enableoverview: true
ovmethod: tradindexed
initialtimeout: 12
nnrpdloadlimit: 0
{tls}
"""
WITH_TLS = "tlscertfile: {cert}\ntlskeyfile: {key}\n"
READERS = """
auth "all" {{
  hosts: "*"
  default: "guest"
}}
auth "known" {{
  hosts: "*"
  auth: "ckpasswd -f {dir}/passwd"
  require_encryption: {demand}
}}
access "all" {{
  users: "*"
  newsgroups: "*"
  access: R
}}
"""
STORAGE = 'method tradspool {\n newsgroups: *\n class: 0\n}\n'
ARTICLE = """Path: news.example!not-for-mail
From: <bob@example.org>
Newsgroups: lab.test
Subject: how an upgrade looks
Date: Mon, 2 Feb 2026 08:00:00 +0000
Message-ID: <1@news.example>
Xref: news.example lab.test:1

CAPABILITIES
101 Capability list:
STARTTLS
382 Continue with TLS negotiation
580 Can not initiate TLS negotiation
483 Encryption required
AUTHINFO PASS not-a-secret
XXXXXXXX
..a line that begins with a dot
"""
FILES = {"storage.conf": STORAGE, "db/active": GROUP + " 0000000001 0000000001 y\n",
         "db/active.times": GROUP + " 1770022800 usenet\n", "db/newsgroups": GROUP + "\tA laboratory.\n",
         "articles/lab/test/1": ARTICLE, "newsfeeds": "ME:*::\n", "expire.ctl": "/remember/:11\n*:A:1:10:never\n"}
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
# Last byte of the address -> (has it TLS, does a login want it).
SETTINGS = {10: (WITH_TLS, "false"), 20: ("", "false"), 30: (WITH_TLS, "true")}


def prepare(directory, certificate, tls, demand):
    """A spool of its own; returns the start of a command line that uses it."""
    crypted = command(["openssl", "passwd", "-6", SECRET]).strip()
    files = dict(FILES, passwd="%s:%s\n" % (USER, crypted), **{"readers.conf": READERS.format(dir=directory, demand=demand)})
    files["inn.conf"] = CONFIG.format(dir=directory, tls=tls.format(cert=certificate[0], key=os.path.join(directory, "key")))
    for name in ("run", "log", "overview", "tmp", *files):
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path) if name in files else path, exist_ok=True)
        if name in files:
            with open(path, "w") as f:
                f.write(files[name])
    shutil.copy(certificate[1], os.path.join(directory, "key"))
    for where, folders, names in os.walk(directory):
        for path in [where] + [os.path.join(where, n) for n in names]:
            shutil.chown(path, "nobody", "nogroup")
    return ["env", "INNCONF=" + os.path.join(directory, "inn.conf")]


def server(host, directory, certificate):
    for n, (tls, demand) in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        inn = prepare(mine, certificate, tls, demand)
        for words in (("makehistory", "-O", "-F"), ("makedbz", "-s", "10", "-o")):
            host.must(*AS_NOBODY, *inn, NEWS + words[0], *words[1:], cwd=os.path.join(mine, "db"))
        with open(os.path.join(mine, "err"), "w") as err:
            host.start([*inn, NEWS + "nnrpd", "-D", "-f", "-4", SERVER4 + str(n), "-6", SERVER6 + str(n), "-p", "119"],
                       stdout=err, stderr=err)
        until("nnrpd (see %s)" % mine, lambda: host.listening(119, SERVER4 + str(n)))
