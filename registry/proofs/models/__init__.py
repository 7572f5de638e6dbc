"""Tables of proofs and their queries."""
