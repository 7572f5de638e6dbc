"""Drafts of new versions: written by one person, published when a second one agrees; a draft cannot run."""
