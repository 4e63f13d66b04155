# SPDX-License-Identifier: GPL-2.0-or-later
"""NNTP in the laboratory: tricks of the attacker, clients, cases, and the facts of a capture."""
