"""Stand-ins for outside systems, for the demo and the tests: platform, mailbox, people."""
