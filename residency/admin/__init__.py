"""The staff's workplace for residency, a module for each journey."""
