"""What is done in access: signing in and out, proving oneself again, users and their roles."""
