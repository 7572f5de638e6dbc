"""What to try the registry on, all of it invented: a region with staff, and schools as spreadsheets."""
