"""What is kept and how: engine, tables' metadata, encrypted columns, key ring, files, outbox."""
