"""What is written anew to leave no remains: said as done only where the server did all of it."""

from dataclasses import replace

from registry.rights.scrubbing import scrub
from registry.work import Registry


def test_scrubbing_is_done_by_the_owner_of_the_tables_only(registry: Registry) -> None:
    """A role that owns nothing is passed over by PostgreSQL with a warning, which is no error."""
    settings = registry.settings
    assert scrub(settings)
    if settings.database_url != settings.migration_url:
        assert not scrub(replace(settings, migration_url=settings.database_url))
