"""What proofs do: one function a verb."""
