/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/output_target.h"

#include <string.h>

#include "run/quantity.h"

enum where { WHERE_PATH, WHERE_HOST };

static const struct {
	const char *scheme;
	enum sink_kind kind;
	enum where where;
	const char *port;	/* when none is said */
} kinds[] = {
	{ "file:", SINK_FILE, WHERE_PATH, NULL },
	{ "unix:", SINK_UNIX_STREAM, WHERE_PATH, NULL },
	{ "unix+dgram:", SINK_UNIX_DATAGRAM, WHERE_PATH, NULL },
	{ "syslog:", SINK_SYSLOG_LOCAL, WHERE_PATH, NULL },
	{ "syslog+udp:", SINK_SYSLOG_UDP, WHERE_HOST, "514" },
	{ "syslog+tcp:", SINK_SYSLOG_TCP, WHERE_HOST, "601" },
	{ "syslog+tls:", SINK_SYSLOG_TLS, WHERE_HOST, "6514" },
};

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
output_target_decode(char *text, struct err *e)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		int high, low;

		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		high = hex_value(from[1]);
		low = high < 0 ? -1 : hex_value(from[2]);
		if (low < 0 || (high == 0 && low == 0))
			return err_set(e,
			    "%%: two hexadecimal digits must follow (%%25 is %% itself)");
		*to++ = (char)(high << 4 | low);
		from += 2;
	}
	*to = '\0';
	return 0;
}

/* HOST, HOST:PORT, [V6], [V6]:PORT */
static int
parse_host(struct sink_settings *sink, char *text, struct err *e)
{
	char *end;
	uint64_t port;

	if (text[0] == '[') {
		sink->host = text + 1;
		end = strchr(text, ']');
		if (end == NULL)
			return err_set(e, "the address has no ]");
		*end++ = '\0';
		if (*end != ':' && *end != '\0')
			return err_set(e, "behind ] comes :PORT");
	} else {
		sink->host = text;
		end = text + strcspn(text, ":");
		if (*end == ':' && strchr(end + 1, ':') != NULL)
			return err_set(e, "write an IPv6 address in brackets: [2001:db8::1]:514");
	}
	if (*end == ':') {
		*end = '\0';
		sink->port = end + 1;
	}
	if (sink->host[0] == '\0' || strlen(sink->host) > 253)
		return err_set(e, "say a host's name or address");
	return quantity_number(sink->port, 1, 65535, &port, e) < 0 ?
	    err_set(e, "say a port from 1 to 65535") : 0;
}

static int
parse_where(struct sink_settings *sink, size_t kind, char *text, struct err *e)
{
	if (output_target_decode(text, e) < 0)
		return -1;
	sink->kind = kinds[kind].kind;
	sink->port = kinds[kind].port;
	if (kinds[kind].where == WHERE_HOST)
		return parse_host(sink, text, e);
	sink->path = text;
	return text[0] != '\0' ? 0 : err_set(e, "say a path");
}

int
output_target_parse(struct sink_settings *sink_r, char *text, char **keys_r, struct err *e)
{
	char *keys = strchr(text, '?');

	*keys_r = NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i].scheme);

		if (strncmp(text, kinds[i].scheme, n) != 0)
			continue;
		if (keys != NULL)
			*keys++ = '\0';
		*keys_r = keys;
		return parse_where(sink_r, i, text + n, e);
	}
	if (text[0] == '-' && (text[1] == '\0' || text[1] == '?')) {
		*keys_r = text[1] == '?' ? text + 2 : NULL;
		sink_r->kind = SINK_STANDARD;
		return 0;
	}
	sink_r->kind = SINK_FILE;
	sink_r->path = text;
	return 0;
}
