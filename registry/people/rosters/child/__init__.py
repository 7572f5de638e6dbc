"""The child process that opens one file of a list: started by the reader with limits, never imported by it.

It reads the file from standard input and writes lines of JSON to standard output: a line for each sheet
(`{"sheet": title, "since_1904": false}`), a line for each row that is not blank (`[number, [cells]]`), and
`{"end": true}`; or one line `{"refused": code}`. A cell is null, text, a number, or `{"date": "YYYY-MM-DD"}`.
It imports nothing of the registry but its own modules, sees none of its settings, and may die of its limits:
the reader takes that as an answer. The content alone decides what a file is; it never learns the file's name.
"""
