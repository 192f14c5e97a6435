"""From an uploaded table to orders, lines and figures in one transaction.

Python normalises rows and PostgreSQL does the rest, set by set, in temporary tables:

1. ``staging``  rows as typed columns, each with a verdict: sale, cancellation, skipped or rejected
2. ``orders``   one head for each order number, new ones inserted
3. ``lines``    lines in the order of the index, inserted slice by slice; known ones left alone
4. ``rollups``  the figures, from what was really inserted
5. ``answer``   what is told about the import
"""
