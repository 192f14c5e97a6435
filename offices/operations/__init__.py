"""Every write of the app, one verb per function."""
