"""Every write of bank statements: the park's accounts, and files that are read and taken."""
