"""The ways out of the house: they carry cleared, sealed bytes and tell what came of it, no more."""
