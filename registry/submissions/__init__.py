"""Submissions: one school's complete registry in one programme, from freeze to acknowledgement."""
