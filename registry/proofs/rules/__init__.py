"""Values and decisions of proofs."""
