"""The append-only log: what happened, its proofs and checkpoints, and the check that trusts nobody."""
