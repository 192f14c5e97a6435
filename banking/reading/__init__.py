"""From the bytes of a bank's file to statements and lines: no database, nothing is stored.

``door.read_file`` is the one way in; what comes out is described in ``structure``.
"""
