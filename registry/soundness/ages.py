"""A master key that seals for too long: no reason to refuse a start, and told wherever keys are looked at."""

from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from registry.config import Settings
from registry.errors import N_, RegistryError
from registry.keys.data_keys import sealing_since
from registry.storage.engine import make_engine, reading
from registry.storage.keyring import KeyRing


def age_told(settings: Settings, since: datetime | None, now: datetime) -> str | None:
    """Warn of a master key that seals longer than the installation wants; None while it is young enough."""
    most = timedelta(days=settings.master_key_days)
    if since is None or now - since <= most:
        return None
    words = N_("Ключ данных шифрует %(days)s дн., больше %(most)s: замените его (keys rotate-data).")
    return words % {"days": (now - since).days, "most": most.days}


def age_warning(settings: Settings, now: datetime) -> str | None:
    """Look for the age of the master key; None where there is no ring or no database yet, too."""
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        ring = KeyRing.load(settings.keys)
        with reading(engine) as connection:
            return age_told(settings, sealing_since(connection, ring.current), now)
    except (RegistryError, SQLAlchemyError):
        return None
    finally:
        engine.dispose()
