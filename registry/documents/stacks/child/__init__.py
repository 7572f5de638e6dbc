"""The process that opens a stack: without settings and files, with little memory and time."""
