"""Rosters from spreadsheets: reading in a child process, layout, review; nothing here stores anything."""
