"""OpenPGP: signing, sealing, opening and checking; the only room that imports gnupg.

What it makes is at most an unqualified signature by agreement of the parties. A certified module
can stand behind the same interface, `registry.sealing.sealer.Sealer`.
"""
