/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/mark.h"

static const char *const names[MARK_KINDS] = {
	[MARK_BANNER] = "banner",
	[MARK_LISTING] = "listing",
	[MARK_LISTING_LACKS] = "listing_lacks",
	[MARK_LISTING_REFUSED] = "listing_refused",
	[MARK_HELO_ONLY] = "helo_only",
	[MARK_TOKEN_MASKED] = "token_masked",
	[MARK_TOKEN_MASKED_OTHER] = "token_masked_other",
	[MARK_TOKEN_CORRUPTED] = "token_corrupted",
	[MARK_BANNER_MASKED] = "banner_masked",
	[MARK_LISTING_DAMAGED] = "listing_damaged",
	[MARK_OFFER_WITHDRAWN] = "offer_withdrawn",
	[MARK_CONTRADICTION] = "contradiction",
	[MARK_COMMAND_CORRUPTED] = "command_corrupted",
	[MARK_REQUEST] = "request",
	[MARK_REQUEST_ARGUMENT] = "request_argument",
	[MARK_ACCEPTED] = "accepted",
	[MARK_REFUSED_TEMPORARY] = "refused_temporary",
	[MARK_REFUSED_PERMANENT] = "refused_permanent",
	[MARK_REFUSED_CLOSING] = "refused_closing",
	[MARK_REPLY_INVALID] = "reply_invalid",
	[MARK_UNANSWERED] = "unanswered",
	[MARK_INJECTED_COMMAND] = "injected_command",
	[MARK_INJECTED_RESPONSE] = "injected_response",
	[MARK_CLEAR_AFTER_ACCEPT] = "clear_after_accept",
	[MARK_CLIENT_HELLO] = "client_hello",
	[MARK_SERVER_HELLO] = "server_hello",
	[MARK_TLS_PROTECTED] = "tls_protected",
	[MARK_TLS_ALERT] = "tls_alert",
	[MARK_TLS_GARBAGE] = "tls_garbage",
	[MARK_TLS_DAMAGED] = "tls_damaged",
	[MARK_TLS_RESET] = "tls_reset",
	[MARK_CLEAR_AFTER_TLS] = "clear_after_tls",
	[MARK_DEMAND] = "demand",
	[MARK_DEMAND_VIOLATED] = "demand_violated",
	[MARK_CREDENTIALS] = "credentials",
	[MARK_PAYLOAD] = "payload",
	[MARK_AUTHENTICATED] = "authenticated",
	[MARK_PREAUTH] = "preauth",
	[MARK_PREMATURE] = "premature",
	[MARK_REDIRECT] = "redirect",
	[MARK_TLS_ELSEWHERE] = "tls_elsewhere",
	[MARK_CONFLICT] = "conflict",
	[MARK_RESET_OUTLIVED] = "reset_outlived",
	[MARK_RESET_FOREIGN] = "reset_foreign",
	[MARK_STRANGER] = "stranger",
	[MARK_DATA_CHOSEN_CLEAR] = "data_chosen_clear",
	[MARK_DATA_CLEAR] = "data_clear",
	[MARK_DATA_TLS] = "data_tls",
};

const char *
mark_name(enum mark_kind kind)
{
	return kind < MARK_KINDS ? names[kind] : "unknown";
}
