# SPDX-License-Identifier: GPL-2.0-or-later
"""InspIRCd, one instance a setting, with an account for operators."""
import os
import shutil

from net import SERVER4, SERVER6
from servers.dovecot import SECRET, USER
from wait import until

CONFIG = """
<server name="irc.example" description="a laboratory" network="Lab" id="0AA">
<admin name="nobody" nick="nobody" email="nobody@example.org">
<bind address="{v4}" port="6667" type="clients">
<bind address="{v6}" port="6667" type="clients">
<connect allow="*" timeout="12" pingfreq="120" resolvehostnames="no" useident="no" {demand}>
<class name="all" commands="*">
<type name="all" classes="all">
<oper name="{user}" password="{secret}" host="*@*" type="all">
<files motd="{dir}/motd">
<dns server="127.0.0.1" timeout="1">
<pid file="{dir}/pid">
<path configdir="{dir}" datadir="{dir}" logdir="{dir}" runtimedir="{dir}">
<log method="file" type="*" level="default" target="{dir}/log">
<module name="cap">
{tls}
"""
WITH_TLS = """<module name="ssl_gnutls">
<sslprofile name="lab" provider="gnutls" certfile="{cert}" keyfile="{dir}/key">
<module name="starttls">
<starttls sslprofile="lab">
"""
WITH_POLICY = """<module name="ssl_gnutls">
<sslprofile name="lab" provider="gnutls" certfile="{cert}" keyfile="{dir}/key">
<bind address="{v4}" port="6697" type="clients" sslprofile="lab">
<module name="ircv3_sts">
<sts host="irc.example" duration="30d" port="6697">
"""
MOTD = "CAP * LS :tls\n670 STARTTLS successful\n691 STARTTLS failed\nSTARTTLS\n"
# Last byte of the address -> (TLS, demand).
SETTINGS = {10: (WITH_TLS, ""), 20: ("", ""), 30: (WITH_TLS, 'requiressl="yes"'), 40: (WITH_POLICY, "")}


def server(host, directory, certificate):
    for n, (tls, demand) in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        os.makedirs(mine)
        shutil.copy(certificate[1], os.path.join(mine, "key"))
        files = {"conf": CONFIG.format(dir=mine, v4=SERVER4 + str(n), v6=SERVER6 + str(n), user=USER, secret=SECRET,
                                       demand=demand, tls=tls.format(cert=certificate[0], dir=mine, v4=SERVER4 + str(n))), "motd": MOTD}
        for name, text in files.items():
            with open(os.path.join(mine, name), "w") as f:
                f.write(text)
        for path in [mine] + [os.path.join(mine, name) for name in os.listdir(mine)]:
            shutil.chown(path, "nobody", "nogroup")
        with open(os.path.join(mine, "err"), "w") as err:
            host.start(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "inspircd", "--nofork", "--nopid",
                        "--config", os.path.join(mine, "conf")], stdout=err, stderr=err)
        until("inspircd (see %s)" % mine, lambda: host.listening(6667, SERVER4 + str(n)))
