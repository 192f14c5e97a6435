"""PostgreSQL, Redis and the portal's own processes, started from one checkout.

Imports nothing of Django: settings, tests and ``manage.py`` read it before Django is set up.
"""
