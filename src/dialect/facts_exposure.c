/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What crossed in clear, and what came of it: secrets, their outcome, content. */
#include "dialect/facts.h"

#include "base/text.h"

/* No request came so far, and all of the client was heard. */
static bool
is_unasked(const struct facts *f)
{
	return f->seen->upgrade <= UPGRADE_OFFERED && f->from_start && !f->deaf &&
	    !f->seen->client_lost;
}

void
facts_credentials(struct facts *f, struct span mechanism, bool recoverable,
    struct span excerpt)
{
	struct observation *o = f->seen;

	/* nobody logs in twice: a line of a message whose head was lost */
	if (f->holed && o->authenticated)
		return;
	/* what becomes of a challenge says nothing of the password that crossed before */
	f->login_open = recoverable || o->credentials != FACT_TRUE;
	if (!f->login_open)
		return;
	o->credentials = fact_of(recoverable);
	text_escape(o->mechanism, sizeof(o->mechanism), mechanism);
	if (!recoverable)
		return;
	f->secret_open = true;
	f->secret_at = o->upgrade;
	f->secret_unasked = is_unasked(f);
	facts_mark(f, MARK_CREDENTIALS, excerpt);
}

void
facts_accepted(struct facts *f, enum operation operation, struct span excerpt)
{
	/* it took in clear what it had said it would only take inside TLS */
	if ((f->demanded & operation) == 0)
		return;
	facts_mark(f, MARK_DEMAND_VIOLATED, excerpt);
	f->news = true;
}

static void
expose(struct facts *f, enum upgrade where, bool unasked, uint8_t what)
{
	if ((f->seen->exposed[where] & what) != 0)
		return;
	f->seen->exposed[where] |= what;
	if (unasked)
		f->seen->exposed_unasked |= what;
	f->news = true;
}

static void
expose_secret(struct facts *f)
{
	expose(f, f->secret_at, f->secret_unasked, EXPOSED_CREDENTIALS);
}

void
facts_login(struct facts *f, enum login login, struct span excerpt)
{
	struct observation *o = f->seen;

	if (login == LOGIN_ACCEPTED) {
		o->authenticated = true;
		facts_mark(f, MARK_AUTHENTICATED, excerpt);
	}
	if (f->login_open && o->credentials_accepted != FACT_TRUE && login != LOGIN_NOT_JUDGED)
		o->credentials_accepted = fact_of(login == LOGIN_ACCEPTED ||
		    login == LOGIN_PASSED);
	f->login_open = false;
	if (!f->secret_open)
		return;
	f->secret_open = false;
	if (login == LOGIN_ACCEPTED)
		facts_accepted(f, OPERATION_LOGIN, excerpt);
	if (login != LOGIN_WRONG)
		expose_secret(f);
}

void
facts_logout(struct facts *f)
{
	f->seen->authenticated = false;
	facts_listing_reset(f);
}

void
facts_payload(struct facts *f, struct span verb, struct span excerpt)
{
	struct observation *o = f->seen;

	if (o->payload != FACT_TRUE)
		text_escape(o->command, sizeof(o->command), verb);
	o->payload = FACT_TRUE;
	expose(f, o->upgrade, is_unasked(f), EXPOSED_PAYLOAD);
	facts_mark(f, MARK_PAYLOAD, excerpt);
}

static void
set_trait(struct facts *f, enum dialect_trait trait, bool on)
{
	unsigned others = f->seen->traits & ~(unsigned)trait;

	f->seen->traits = (uint16_t)(on ? others | trait : others);
}

void
facts_secrets_unseen(struct facts *f)
{
	f->seen->traits |= TRAIT_SECRETS_UNSEEN;
}

void
facts_public(struct facts *f, bool is_public)
{
	set_trait(f, TRAIT_PUBLIC, is_public);
}

void
facts_auth_weak(struct facts *f, bool is_weak)
{
	set_trait(f, TRAIT_AUTH_WEAK, is_weak);
}

void
facts_end(struct facts *f, bool heard_out)
{
	if (heard_out)
		facts_doubt_ends(f, false);
	if (!f->secret_open)
		return;
	f->secret_open = false;
	/* a wrong one is a guesser's: only this client's habits can weigh against that (D17b) */
	if (!f->answers_lost || (f->secret_at == UPGRADE_UNOFFERED && f->secret_unasked))
		expose_secret(f);
}
