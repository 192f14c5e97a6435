"""Writes of reconciliation. Each is one savepoint; the tally of the line is locked first."""
