"""Taking the documents of a school, a municipality or a region out as one file, part by part."""
