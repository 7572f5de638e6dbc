"""The door for the worker: which jobs there are, and the loop that keeps promises."""
