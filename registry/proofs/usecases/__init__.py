"""What is done with proofs: sealing, handing out, checking."""
