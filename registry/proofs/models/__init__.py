"""Tables and queries of proofs."""
