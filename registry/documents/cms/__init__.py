"""Files of detached signatures (CMS, PKCS #7): what one says of itself, and who judges whether it holds."""
