"""The process that opens a scan: without settings and files, with little memory and time."""
