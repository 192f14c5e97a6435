"""Every write of this app, a module for each journey."""
