"""Drafts of documents: written by one person, published when a second one agrees; nobody signs a draft."""
