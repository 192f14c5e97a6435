"""Every write of billing, a file for each journey."""
