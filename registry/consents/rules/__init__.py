"""Acts, the decision that they make, and what a signer may do: pure rules."""
