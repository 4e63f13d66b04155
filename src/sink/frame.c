/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/frame.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* RFC 5424 section 6: no name in the header may be longer, or hold anything but these. */
enum { HOST_MAX = 255, HEADER_SIZE = 380, COUNT_SIZE = 24, FACILITIES = 24 };

int
frame_facility(struct span name)
{
	static const char *const names[FACILITIES] = { "kern", "user", "mail", "daemon",
		"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
		"audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
		"local5", "local6", "local7" };

	for (int i = 0; i < FACILITIES; i++) {
		if (span_is(name, names[i]))
			return i;
	}
	return -1;
}

/* RFC 5424 section 6.2.1, from what an operator has to do. */
static unsigned
syslog_severity(const struct event_line *line)
{
	enum { CRITICAL = 2, WARNING = 4, NOTICE = 5, INFORMATIONAL = 6 };

	if (line->type != EVENT_ALERT)
		return INFORMATIONAL;
	return line->severity <= 1 ? CRITICAL : line->severity == 2 ? WARNING :
	    line->severity == 3 ? NOTICE : INFORMATIONAL;
}

static const char *
header_host(const char *host)
{
	size_t n = host != NULL ? strlen(host) : 0;

	if (n == 0 || n > HOST_MAX)
		return "-";
	for (size_t i = 0; i < n; i++) {
		if (host[i] < '!' || host[i] > '~')
			return "-";
	}
	return host;
}

static size_t
write_header(char header_r[HEADER_SIZE], const struct frame_settings *s,
    const struct event_line *line)
{
	char time[CLOCK_TEXT_SIZE];
	int n;

	clock_format(line->at_ns, time);
	/* RFC 5424 section 6.2.3 wants the colon that EVE leaves out */
	n = snprintf(header_r, HEADER_SIZE, "<%u>1 %.26s+00:00 %s stripwatch %ld %s - ",
	    s->facility * 8 + syslog_severity(line), time, header_host(s->host),
	    s->process_id, event_type_name(line->type));
	return n > 0 && n < HEADER_SIZE ? (size_t)n : 0;
}

size_t
frame_write(char *dst_r, enum framing framing, const struct frame_settings *settings,
    const struct event_line *line)
{
	char header[HEADER_SIZE], *at = dst_r;
	size_t header_n = settings->syslog ? write_header(header, settings, line) : 0;

	if (framing == FRAMING_COUNTED)
		at += snprintf(at, COUNT_SIZE, "%zu ", header_n + line->text.n);
	memcpy(at, header, header_n);
	at += header_n;
	memcpy(at, line->text.p, line->text.n);
	at += line->text.n;
	if (framing == FRAMING_LINE)
		*at++ = '\n';
	return (size_t)(at - dst_r);
}
