"""Consent and personal-data registry for schools."""
