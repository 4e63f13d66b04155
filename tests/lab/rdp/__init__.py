# SPDX-License-Identifier: GPL-2.0-or-later
"""RDP in the laboratory: tricks of the attacker, clients, cases, and the facts of a capture."""
