"""Who must decide, what was shown, what was decided, with what evidence; the gate of every disclosure."""
