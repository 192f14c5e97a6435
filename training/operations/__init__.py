"""Every write of the training centre."""
