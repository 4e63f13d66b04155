/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seen.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* All keys that seen_text() knows. */
static const char *const keys[] = {
	"offered", "requested", "accepted", "established", "credentials", "credentials_accepted",
	"payload", "authenticated", "lost_sync", "listing", "implicit", "dialect",
	"dialect_expected", "mechanism", "command", "server", "sni", "alpn", "exposed",
	"demands", "mechanisms", "reply",
};

static const char *
fact_text(enum fact fact)
{
	static const char *const texts[] = {
		[FACT_UNKNOWN] = "?", [FACT_FALSE] = "false", [FACT_TRUE] = "true",
	};

	return texts[fact];
}

/* "credentials@refused,payload@refused" */
static const char *
exposed_text(const struct observation *seen, char room[SEEN_TEXT_SIZE])
{
	static const char *const upgrades[UPGRADES] = {
		"unoffered", "offered", "asked", "refused", "accepted", "failed",
	};
	size_t used = 0;

	room[0] = '\0';
	for (int u = 0; u < UPGRADES; u++) {
		for (int what = EXPOSED_CREDENTIALS; what <= EXPOSED_PAYLOAD; what++) {
			if ((seen->exposed[u] & what) == 0)
				continue;
			used += (size_t)snprintf(room + used, SEEN_TEXT_SIZE - used, "%s%s@%s",
			    used > 0 ? "," : "",
			    what == EXPOSED_PAYLOAD ? "payload" : "credentials", upgrades[u]);
		}
	}
	return used > 0 ? room : "none";
}

static const char *
mechanisms_text(const struct observation *seen)
{
	static const char *const texts[] = {
		[0] = "none", [MECHANISM_CLEAR] = "clear", [MECHANISM_STRONG] = "strong",
		[MECHANISM_CLEAR | MECHANISM_STRONG] = "both",
	};

	return seen->mechanisms_known ? texts[seen->mechanisms] : "?";
}

static const char *
text_or_none(const char *text)
{
	return text[0] == '\0' ? "none" : text;
}

/* In one word: "OK_(wrong_tag)". */
static const char *
reply_text(const struct observation *seen, char room[SEEN_TEXT_SIZE])
{
	text_copy(room, SEEN_TEXT_SIZE, text_or_none(seen->reply));
	for (char *c = room; *c != '\0'; c++) {
		if (*c == ' ')
			*c = '_';
	}
	return room;
}

const char *
seen_text(const struct observation *seen, const char *key, char room[SEEN_TEXT_SIZE])
{
	const struct { const char *key; enum fact fact; } facts[] = {
		{ "offered", seen->offered },
		{ "requested", seen->requested },
		{ "accepted", seen->accepted },
		{ "established", seen->established },
		{ "credentials", seen->credentials },
		{ "credentials_accepted", seen->credentials_accepted },
		{ "payload", seen->payload },
		{ "authenticated", fact_of(seen->authenticated) },
		{ "lost_sync", fact_of(seen->lost_sync) },
		{ "listing", fact_of(seen->listing_complete) },
		{ "implicit", fact_of(seen->implicit) },
		{ "demands", fact_of(seen->listing_demands) },
	};
	const struct { const char *key, *text; } texts[] = {
		{ "dialect", seen->dialect },
		{ "dialect_expected", seen->dialect_expected },
		{ "mechanism", seen->mechanism },
		{ "command", seen->command },
		{ "server", seen->server_name },
		{ "sni", seen->tls.sni },
		{ "alpn", seen->tls.alpn },
		{ "mechanisms", mechanisms_text(seen) },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (strcmp(key, facts[i].key) == 0)
			return fact_text(facts[i].fact);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(key, texts[i].key) == 0)
			return text_or_none(texts[i].text);
	}
	if (strcmp(key, "reply") == 0)
		return reply_text(seen, room);
	return strcmp(key, "exposed") == 0 ? exposed_text(seen, room) : NULL;
}

static bool
same_marks(const struct observation *a, const struct observation *b, bool texts)
{
	if (a->marked != b->marked || a->mark_count != b->mark_count)
		return false;
	for (unsigned i = 0; i < a->mark_count; i++) {
		const struct mark *x = &a->marks[i], *y = &b->marks[i];

		if (x->kind != y->kind || x->from != y->from)
			return false;
		if (texts && strcmp(x->text, y->text) != 0)
			return false;
	}
	return true;
}

static bool
same_tls(const struct tls_facts *a, const struct tls_facts *b)
{
	return a->client_version == b->client_version && a->version == b->version &&
	    a->cipher == b->cipher && a->fallback_scsv == b->fallback_scsv &&
	    a->downgrade_sentinel == b->downgrade_sentinel &&
	    a->sslv2_hello == b->sslv2_hello && strcmp(a->ja3, b->ja3) == 0 &&
	    strcmp(a->ja3s, b->ja3s) == 0 && strcmp(a->ja4, b->ja4) == 0 &&
	    a->client_random_hash == b->client_random_hash;
}

const char *
seen_same(const struct observation *a, const struct observation *b, bool texts)
{
	char room_a[SEEN_TEXT_SIZE], room_b[SEEN_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(seen_text(a, keys[i], room_a), seen_text(b, keys[i], room_b)) != 0)
			return keys[i];
	}
	if (a->answer != b->answer || strcmp(a->reply, b->reply) != 0)
		return "answer";
	if (a->upgrade != b->upgrade)
		return "upgrade";
	if (a->client_name_hash != b->client_name_hash)
		return "client name";
	if (!same_tls(&a->tls, &b->tls))
		return "tls";
	return same_marks(a, b, texts) ? NULL : "marks";
}

/* In base64 the secret of all rows stands on a boundary of three bytes. */
static bool
is_clean(const char *text)
{
	return strstr(text, "s3cr3t") == NULL && strstr(text, "czNjcjN0") == NULL &&
	    text_is_utf8(span_text(text));
}

const char *
seen_secret(const struct observation *seen)
{
	const char *const texts[] = {
		seen->reply, seen->mechanism, seen->command, seen->server_name, seen->tls.sni,
		seen->tls.alpn,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!is_clean(texts[i]))
			return texts[i];
	}
	for (unsigned i = 0; i < seen->mark_count; i++) {
		if (!is_clean(seen->marks[i].text))
			return seen->marks[i].text;
	}
	return NULL;
}
