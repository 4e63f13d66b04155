# SPDX-License-Identifier: GPL-2.0-or-later
"""IRC clients and how each is started."""
import os

import start
from servers.dovecot import SECRET, USER
from start import s_client  # noqa: F401

# What irssi does when it is in: it says something to itself, and leaves once that has come, or the server has gone.
IRSSI_SCRIPT = """use Irssi;
sub leave { Irssi::timeout_add_once(50, sub { Irssi::command('quit') }, undef); }
Irssi::signal_add('event 376', sub { my $s = shift; $s->command('msg ' . $s->{nick} . ' hello'); });
Irssi::signal_add('message private', \\&leave);
Irssi::signal_add('server disconnected', \\&leave);
Irssi::signal_add('server connect failed', \\&leave);
"""
IRSSI_CONFIG = 'settings = { core = { server_reconnect_time = "-1"; }; };\n'


def irc(habit, nick="alice"):
    return lambda v: v.run(start.script("irc", "irc_client.py", v.host, v.port, habit, nick))


def irssi(*options):
    """irssi wants a terminal, which script(1) gives it."""
    def run(v):
        home = os.path.join(v.directory, "irssi")
        os.makedirs(os.path.join(home, "scripts", "autorun"))
        connect = "connect %s %s %d\n" % (" ".join(options), v.host, v.port)
        for name, text in (("config", IRSSI_CONFIG), ("startup", connect), ("scripts/autorun/say.pl", IRSSI_SCRIPT)):
            v.keep(os.path.join("irssi", name), text)
        return v.run(["env", "TERM=xterm", "HOME=" + v.directory, "timeout", "10", "script", "-qec", "irssi --home=" + home,
                      "/dev/null"])
    return run


def weechat(v):
    """WeeChat 3.8 knows TLS from the first byte only; it leaves at the end of the server's greeting."""
    commands = ["/server add lab %s/%d -notls -nicks=weechat" % (v.host, v.port),
                "/trigger add bye signal *,irc_in_376 \"\" \"\" \"/quit\"", "/connect lab"]
    return v.run(["env", "HOME=" + v.directory, "timeout", "10", "weechat-headless", "-d",
                  os.path.join(v.directory, "weechat")] + [x for command in commands for x in ("-r", command)])


def talk(*steps):
    return start.talk(*steps, ends=r"^\S+ (?:670|691|421|451|376|422) .*\n")


CAPABILITIES = ("say:CAP LS 302", "want:^.* LS :.*\\n")
ASK = ("say:STARTTLS", "want")
REGISTER = ("say:NICK talk\\r\\nUSER talk 0 * :a client", "say:CAP END", "want:^\\S+ 376 .*\\n")
QUOTE = ("say:PRIVMSG talk :STARTTLS", "say:PRIVMSG talk ::irc.example 670 * :STARTTLS successful",
         "say:NOTICE talk ::irc.example CAP * LS :sasl", "want: NOTICE talk .*\\n")
OPER = ("say:OPER %s %s" % (USER, SECRET), "want:^\\S+ (381|464|491) .*\\n")
BYE = ("say:QUIT :bye", "want:^ERROR.*\\n")
