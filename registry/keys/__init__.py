"""The life of OpenPGP keys: the operator's own, schools' own, and the pinned ones of platforms.

The table says which key is what; secret halves stay in the key folder and are touched by the worker and by
commands of the machine only.
"""
