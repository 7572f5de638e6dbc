"""What submissions keep."""
