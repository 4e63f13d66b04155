# SPDX-License-Identifier: GPL-2.0-or-later
"""Exim twice: a server of which the address says what it offers, and a sender for one case."""
import os
import shutil

from net import SERVER4
from servers import unpacked
from servers.dovecot import SECRET, USER
from wait import until

ACCOUNT, NUMBER = "Debian-exim", 64101
# The last byte of the address names the setting: 70 offers TLS, 80 has none, 90 demands it.
PORTS = {70: (25, 587, 465), 80: (25, 587), 90: (587,)}

COMMON = """
spool_directory = {dir}/spool
log_file_path = {dir}/%slog
pid_file_path = {dir}/pid
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
"""

SERVER = COMMON + """
primary_hostname = mx.example
smtp_banner = mx.example ESMTP Exim $version_number
local_interfaces = <; {listen}
tls_on_connect_ports = 465
tls_certificate = {dir}/cert
tls_privatekey = {dir}/key
tls_advertise_hosts = ${{if eq{{$received_ip_address}}{{{v4}80}}{{}}{{*}}}}
auth_advertise_hosts = ${{if eq{{$received_port}}{{25}}{{}}{{*}}}}
acl_smtp_mail = mail
acl_smtp_rcpt = all
acl_smtp_data = all
begin acl
mail:
  deny condition = ${{if eq{{$received_ip_address}}{{{v4}90}}}}
       !encrypted = *
       message = 530 5.7.0 Must issue a STARTTLS command first
  accept
all:
  accept
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{secret}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{secret}}}}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{{user}}}{{{secret}}}fail}}
  server_set_id = $auth1
"""

SENDER = COMMON + """
primary_hostname = out.example
received_header_text =
begin routers
out:
  driver = manualroute
  route_list = * {relay} byname
  transport = out
begin transports
out:
  driver = smtp
  port = {port}
  connect_timeout = 4s
  command_timeout = 4s
  {demand}
begin retry
* * F,1h,1s
"""


def prepare(directory, config):
    """Spool, configuration and account; returns the folder to lay over /etc."""
    os.makedirs(os.path.join(directory, "spool"))
    for path in (directory, os.path.join(directory, "spool")):
        os.chown(path, NUMBER, NUMBER)
    return unpacked.etc(directory, [(ACCOUNT, NUMBER, "/nonexistent", "*")], {"exim4/exim4.conf": config})


def server(host, directory, certificate):
    os.makedirs(directory)
    for path, name in zip(certificate, ("cert", "key")):
        copy = os.path.join(directory, name)
        shutil.copy(path, copy)
        os.chown(copy, NUMBER, NUMBER)
    listen = " ; ".join("%s%d.%d" % (SERVER4, n, port) for n, ports in PORTS.items() for port in ports)
    etc = prepare(directory, SERVER.format(dir=directory, listen=listen, v4=SERVER4, user=USER, secret=SECRET))
    host.start(unpacked.within(etc, ["exim4", "-bdf"]), stderr=open(os.path.join(directory, "err"), "w"))
    for n, ports in PORTS.items():
        for port in ports:
            until("exim (see %s)" % directory, lambda: host.listening(port, SERVER4 + str(n)))


class Sender:
    """An MTA that hands everything to one next hop; run by hand, a queue runner a time."""

    def __init__(self, host, directory, relay, port, demand):
        self.host = host
        os.makedirs(directory)
        config = SENDER.format(dir=directory, relay=relay, port=port, demand="hosts_require_tls = *" if demand else "")
        self.etc = prepare(directory, config)

    def run(self, *args, stdin=""):
        return self.host.run(unpacked.within(self.etc, ["exim4", *args]), stdin=stdin)

    def send(self, sender, recipient, mail):
        """Deliver at once; what is left stays in the queue."""
        self.run("-odf", "-oi", "-f", sender, recipient, stdin=mail)

    def queued(self):
        return int(self.run("-bpc").stdout)

    def again(self):
        self.run("-qff")
