"""Acts and their evidence in words, for a sheet, for pages and for who checks them."""
