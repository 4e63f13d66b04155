/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/quote.h"

#include <stdlib.h>

/*
 * English as servers speak it, the keywords of all protocols here, and our own
 * words for what has none; no more than it takes to read a reply, for a password
 * may be any word. Sorted as capitals, for it is searched by halves.
 */
static const char *const words[] = {
	"+OK", "-ERR", "1.0", "1.1", "1.2", "1.3", "1.3.6.1.4.1.1466.20037", "8BITMIME", "a",
	"AbandonRequest", "ABOR", "aborted", "ACAP", "accept", "access", "ACCESS-DENIED",
	"account-disabled", "ACCOUNT-NOTIFY", "ACCOUNT-TAG", "ACCT", "ACK", "ACL", "action",
	"ADAT", "add", "added", "ADDR", "after", "again", "ahead", "ALERT", "all", "ALLO",
	"allowed", "already", "ALREADY-LOGGED-IN", "ALREADY-SSL-MODE", "among", "AMQP",
	"AMQPLAIN", "an", "and", "ANONYMOUS", "another", "answer", "Answers", "any", "APOP",
	"APPE", "APPEND", "are", "argument", "arguments", "ARTICLE", "as", "at", "ATRN",
	"ATTACH", "attempt", "attempts", "AUTH", "AUTH-RESP-CODE", "authenticate",
	"authenticated", "authentication", "AuthenticationOk", "AUTHINFO", "Authorization",
	"authorized", "available", "AVBL", "AWAY", "AWAY-NOTIFY", "bad", "bad-format",
	"bad-namespace-prefix", "banner", "based", "Basic", "basic.deliver", "basic.publish",
	"BATCH", "BDAT", "be", "Bearer", "because", "been", "beep", "before", "begin", "being",
	"below", "bidi", "BINARY", "BINARYMIME", "bind", "BindRequest", "blocks", "BODY",
	"break", "BulkLoad", "BURL", "busy", "but", "by", "bye", "bytes", "cache", "call",
	"can", "CancelRequest", "cannot", "CAP", "CAP-NOTIFY", "CAPA", "CAPABILITIES",
	"CAPABILITY", "caps", "CCC", "CDUP", "certificate", "challenge", "changed", "channel",
	"charset", "CHECK", "CHECKPOINT", "CHECKSCRIPT", "CHGHOST", "CHILDREN", "CHUNKING",
	"cipher", "clear", "cleartext", "client", "ClientHello", "ClientLogin", "clients",
	"CLIENT_SSL", "CLNT", "CLOSE", "closed", "closing", "code", "com", "COMB", "command",
	"commands", "compare", "complete", "completed", "component", "COMPRESS", "compressed",
	"compression", "COM_QUERY", "COM_STMT", "condition", "CONDSTORE", "CONF", "config",
	"configuration", "configured", "conflict", "connect", "connected", "connecting",
	"connection", "connection-timeout", "connection.close", "connection.tune",
	"connections", "CONNEG", "CONPERM", "contact", "continue", "COPY", "CopyData", "could",
	"CPSV", "CREATE", "created", "credentials-expired", "csi", "CSID", "currently", "CWD",
	"daemon", "damaged", "data", "DataRow", "DATE", "db", "deferred", "DEFLATE", "DELE",
	"delete", "DELETESCRIPT", "deliver", "DELIVERBY", "delivery", "denied", "DETACH",
	"dialback", "did", "Digest", "directory", "disabled", "disconnecting", "do", "does",
	"domain", "DONT", "down", "DRIVER-NOT-CONNECTED", "DSN", "due", "duration", "during",
	"early", "ECHO-MESSAGE", "EHLO", "either", "enable", "enabled", "ENC", "encrypt",
	"ENCRYPT-NEEDED", "encrypted", "encryption", "encryption-required", "ENCRYPT_NOT_SUP",
	"ENCRYPT_OFF", "ENCRYPT_ON", "ENCRYPT_REQ", "end", "ended", "ENHANCEDSTATUSCODES",
	"enter", "entering", "EPRT", "EPSV", "ERR", "errno", "error", "ErrorResponse", "errors",
	"ESEARCH", "ESMTP", "ESMTPS", "ESTA", "established", "ESTP", "etherx.jabber.org",
	"ETRN", "everybody", "everything", "EXAMINE", "exceeded", "exchange", "exists",
	"expected", "EXPIRE", "expired", "explicit", "EXPN", "export", "EXPUNGE", "extended",
	"EXTENDED-JOIN", "ExtendedRequest", "ExtendedResponse", "extension", "extensions",
	"failed", "failing", "failure", "failureCode", "fatal", "FEAT", "feature",
	"FEATURE-NOT-CONFIGURED", "FEATURE-NOT-SUPPORTED", "features", "FEDAUTH", "FETCH",
	"few", "file", "files", "finished", "first", "FLAGS", "following", "FOLLOWS", "for",
	"forbidden", "found", "frame", "from", "FSD", "FTP", "FTPES", "FTPS", "full",
	"FunctionCall", "FUTURERELEASE", "garbage", "general", "GET", "GETSCRIPT", "given",
	"go", "goes", "good", "goodbye", "granted", "greeting", "group", "gss", "GSSAPI",
	"GSSENCRequest", "handshake", "HandshakeResponse", "has", "HASH", "have", "HAVESPACE",
	"HDR", "HEAD", "header", "HELO", "HELP", "here", "hex", "host", "host-gone",
	"host-unknown", "how", "HTTP", "HTTPS", "iana.org", "ID", "IDENTIFY", "idle", "ietf",
	"if", "IHAVE", "illegal", "IMAP", "IMAP2", "IMAP2bis", "IMAP4", "IMAP4rev1",
	"IMAP4rev2", "IMAPS", "IMPLEMENTATION", "implemented", "implicit", "impossible",
	"improper-addressing", "in", "in-use", "inactive", "inactivity", "incomplete",
	"incorrect", "incorrect-encoding", "initialization", "initialize", "initiate", "input",
	"insecure", "INSTCMD", "instead", "insufficient", "internal", "internal-server-error",
	"into", "invalid", "INVALID-ARGUMENT", "invalid-from", "invalid-mechanism",
	"invalid-namespace", "INVALID-PASSWORD", "invalid-xml", "INVITE", "INVITE-NOTIFY", "iq",
	"IRC", "is", "ISON", "issue", "issued", "it", "its", "jabber", "jabber.org", "JOIN",
	"key", "KICK", "known", "KRB-ERROR", "krb5", "LABELED-RESPONSE", "LANG", "LANGUAGE",
	"large", "LAST", "late", "later", "layer", "LDAP", "least", "length", "level", "LHLO",
	"like", "limit", "LIMITS", "line", "lines", "list", "LISTGROUP", "listing",
	"LISTSCRIPTS", "LITERAL+", "LITERAL-", "LMTP", "load", "local", "log", "logged",
	"LOGIN", "LOGIN-DELAY", "LOGIN7", "LOGINACK", "LOGINDISABLED", "LOGOUT", "long",
	"lookup", "lost", "low", "LS", "LSUB", "mail", "make", "malformed-request", "many",
	"MASTER", "max", "maximum", "MAXREDIRECTS", "may", "MDTM", "mechanism",
	"mechanism-too-weak", "mechanisms", "memory", "message", "MESSAGE-TAGS", "messageID",
	"messages", "method", "MFCT", "MFF", "MFMT", "MIC", "missing", "MKD", "MLSD", "MLST",
	"mode", "MODE-READER", "modify", "moment", "MONITOR", "more", "most", "MOTD", "MOVE",
	"moved", "MT-PRIORITY", "MTRK", "MULTI-PREFIX", "MULTIAPPEND", "MUPDATE", "must", "NAK",
	"name", "NAMES", "NAMESPACE", "NBDMAGIC", "NBD_OPT_EXPORT_NAME", "NBD_OPT_STARTTLS",
	"NBD_REP_ACK", "NBD_REP_ERR_TLS_REQD", "need", "needed", "needs", "negotiate",
	"negotiated", "negotiation", "neither", "NETVER", "network", "never", "NEWGROUPS",
	"NEWNEWS", "NEXT", "NICK", "NICKSERV", "NLST", "NNTP", "no", "NO-SOLICITING", "nobody",
	"none", "NOOP", "nor", "not", "not-authorized", "not-well-formed", "nothing", "NOTICE",
	"now", "ns", "NTLM", "number", "of", "off", "offer", "offered", "ok", "okay", "old",
	"on", "once", "one", "ONEX", "only", "open", "opening", "OPER", "operation", "option",
	"OPTIONS", "OPTS", "or", "order", "other", "out", "outcome", "OVER", "overloaded",
	"own", "OWNER", "packet", "parameter", "parameters", "params", "Parse", "part",
	"partial", "PASS", "password", "password-modify", "PASSWORD-REQUIRED",
	"PasswordMessage", "PASV", "PATCH", "path", "PBSZ", "perm", "permanent", "permission",
	"permitted", "phase", "PING", "PIPELINING", "PIPE_CONNECT", "plain", "plaintext",
	"please", "policy", "policy-violation", "PONG", "POP3", "PORT", "port=", "possible",
	"POST", "PRDR", "PREAUTH", "preliminary", "PRELOGIN", "presence", "PRIMARY", "privacy",
	"PRIVACYREQUIRED", "private", "PRIVMSG", "problem", "problems", "proceed", "process",
	"processing", "PROT", "protected", "protection", "protocol", "protocols", "PROTVER",
	"provide", "provided", "Proxy-Authorization", "publish", "PUT", "PUTSCRIPT", "PWD",
	"QRESYNC", "Query", "queue", "queued", "quit", "QUOTA", "quoted", "RANG", "RCPT",
	"reached", "read", "READER", "ready", "reason", "received", "RECENT", "recipient",
	"recognised", "recognized", "record", "records", "REFERRAL", "refused", "register",
	"registered", "REIN", "reject", "rejected", "relay", "relaying", "remote",
	"remote-connection-failed", "RENAME", "RENAMESCRIPT", "reply", "REQ", "request",
	"requested", "requestedProtocols", "require", "required", "requires", "REQUIRETLS",
	"reset", "resets", "resource", "resource-constraint", "resources", "RESP-CODES",
	"response", "REST", "restricted", "restricted-xml", "result", "resultCode", "RETR",
	"retry", "RFC", "RIGHTS", "RMD", "RNFR", "RNTO", "rosterver", "RPC", "RRVS", "RSET",
	"rules", "said", "same", "SAML", "SASL", "SASL-IR", "sasl-outcome", "says", "screen",
	"SEARCH", "SearchRequest", "SearchResultEntry", "second", "secure", "secured",
	"security", "SecurityResult", "see", "see-other-host", "SELECT", "selectedProtocol",
	"send", "sender", "sending", "sent", "sequence", "server", "SERVER-TIME", "ServerHello",
	"service", "session", "set", "SETACTIVE", "SETNAME", "shut", "shutdown", "shutting",
	"side", "SIEVE", "sign", "simple", "since", "SITE", "size", "SLAVE", "sm", "SMNT",
	"SMTP", "SMTPUTF8", "so", "some", "SOML", "soon", "sorry", "SORT", "space",
	"SPECIAL-USE", "SPSV", "SQLBatch", "SQLSTATE", "SSCN", "ssl", "SSL-C", "SSL-P",
	"SSLRequest", "sspi", "STANDARD-REPLIES", "start", "started", "starting", "STARTTLS",
	"StartupMessage", "START_TLS", "STAT", "state", "status", "still", "STLS", "stop",
	"STOR", "STORE", "STOU", "stream", "STREAMING", "streams", "string", "strong",
	"stronger", "STRU", "STS", "sub", "SUBMITTER", "SUBSCRIBE", "subtype", "success",
	"successful", "successfully", "such", "support", "supported", "supportedExtension",
	"supports", "sure", "switching", "syntax", "sys", "SYST", "system", "system-shutdown",
	"tag", "taken", "TAKETHIS", "temp", "temporarily", "temporary", "temporary-auth-failure",
	"terminated", "terminating", "TERMINATOR", "text", "than", "thank", "thanks", "that",
	"the", "their", "then", "there", "these", "this", "those", "THREAD", "through", "time",
	"timed", "timeout", "times", "tls", "TLS-C", "TLS-P", "TLSv1", "TLSv1.0", "TLSv1.1",
	"TLSv1.2", "TLSv1.3", "to", "too", "TOP", "TOPIC", "TPKT", "TRACE", "traffic",
	"transaction", "transfer", "transient", "transmission", "transport", "tried", "try",
	"trying", "TRYLATER", "TURN", "turned", "TVFS", "type", "types", "UID", "UIDL",
	"UIDPLUS", "unable", "unacceptable", "UNAUTHENTICATE", "UNAUTHENTICATED",
	"unauthorized", "unavailable", "undefined-condition", "under", "understood",
	"unexpected", "unimplemented", "unknown", "UNKNOWN-COMMAND", "unless", "unreadable",
	"unrecognised", "unrecognized", "UNSELECT", "UNSUBSCRIBE", "unsupported",
	"unsupported-encoding", "unsupported-feature", "unsupported-stanza-type",
	"unsupported-version", "until", "unwilling", "up", "update", "upgrade",
	"Upgrade-Insecure-Requests", "urn", "usage", "use", "used", "USER", "USERHOST",
	"USERHOST-IN-NAMES", "USERNAME", "using", "UTF8", "UTF8SMTP", "valid", "value",
	"VeNCrypt", "VER", "verb", "verify", "VERP", "version", "via", "VNC", "volume", "VRFY",
	"wait", "waiting", "was", "way", "we", "weak", "well", "were", "when", "where", "which",
	"while", "WHO", "WHOIS", "will", "with", "within", "without", "words", "working",
	"wrong", "X-ANONYMOUSTLS", "X-EXPS", "X-LINK2STATE", "XCLIENT", "XCRC", "XCUP", "XCWD",
	"XEXCH50", "XFEATURE", "XFEATURE-COMPRESS", "XFORWARD", "XGTITLE", "XHDR", "XLIST",
	"XMD5", "XMKD", "xml", "xmlns", "xmpp-bind", "xmpp-sasl", "xmpp-session",
	"xmpp-streams", "xmpp-tls", "XOORG", "XOVER", "XPAT", "XPWD", "XRDST", "XRMD", "XSHA1",
	"XSHA256", "XSHADOW", "XSSF", "XZHDR", "XZVER", "yet", "you", "your",
};

static int
capital(int c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static int
compare(const void *wanted, const void *entry)
{
	const struct span *word = wanted;
	struct span other = span_text(*(const char *const *)entry);

	for (size_t i = 0; i < word->n && i < other.n; i++) {
		int difference = capital(span_at(*word, i)) - capital(span_at(other, i));

		if (difference != 0)
			return difference;
	}
	return word->n < other.n ? -1 : word->n > other.n;
}

bool
quote_knows(struct span word)
{
	return bsearch(&word, words, sizeof(words) / sizeof(words[0]), sizeof(words[0]),
	    compare) != NULL;
}
