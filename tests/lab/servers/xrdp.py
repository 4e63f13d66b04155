# SPDX-License-Identifier: GPL-2.0-or-later
"""xrdp, one server a setting: no desktop behind it, only the way there."""
import os
import shutil

from net import SERVER4, SERVER6
from wait import until

CONFIG = """[Globals]
ini_version=1
fork=true
port=tcp://{v4}:3389,tcp6://{{{v6}}}:3389
tcp_nodelay=true
security_layer={layer}
crypt_level={cipher}
certificate={dir}/cert.pem
key_file={dir}/cert.key
ssl_protocols=TLSv1.2, TLSv1.3
autorun=
allow_channels=true
max_bpp=16
[Logging]
LogFile={dir}/log
LogLevel=INFO
EnableSyslog=false
[Channels]
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
ip=127.0.0.1
port=-1
code=20
"""
# Last byte of the address -> (security_layer, crypt_level: how much RDP's own security ciphers).
SETTINGS = {10: ("negotiate", "high"), 20: ("rdp", "high"), 30: ("tls", "high"), 40: ("negotiate", "none")}


def server(host, directory, certificate):
    for n, (layer, cipher) in SETTINGS.items():
        mine = "%s-%d" % (directory, n)
        os.makedirs(mine)
        for source, name in zip(certificate, ("cert.pem", "cert.key")):
            shutil.copy(source, os.path.join(mine, name))
        with open(os.path.join(mine, "ini"), "w") as f:
            f.write(CONFIG.format(dir=mine, v4=SERVER4 + str(n), v6=SERVER6 + str(n), layer=layer, cipher=cipher))
        with open(os.path.join(mine, "out"), "w") as out:
            host.start(["xrdp", "--nodaemon", "--config", os.path.join(mine, "ini")], stdout=out, stderr=out)
        for address in (SERVER4 + str(n), "[%s%d]" % (SERVER6, n)):
            until("xrdp (see %s)" % mine, lambda: host.listening(3389, address))
