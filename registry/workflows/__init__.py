"""The engine: definitions, cases, steps, deadlines, drawings; it knows no school and no consent."""
