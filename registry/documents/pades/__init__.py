"""Seals of PDF files (PAdES) by the operator's key; only here is pyHanko known."""
