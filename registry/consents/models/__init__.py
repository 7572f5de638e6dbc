"""Tables and queries of consents: what was asked, the acts, the visits of signers, the ledger."""
