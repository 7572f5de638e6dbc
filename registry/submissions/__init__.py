"""Submissions: a school's complete registry in one programme, frozen, signed off, sealed, sent, acknowledged."""
