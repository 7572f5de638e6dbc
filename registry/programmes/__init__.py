"""What one target platform asks of schools: fields, notices, who must decide, by when; data, not code."""
