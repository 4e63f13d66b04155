# SPDX-License-Identifier: GPL-2.0-or-later
"""Real servers, each with its own configuration and spool below the laboratory's directory."""
