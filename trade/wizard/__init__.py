"""What the import wizard shows between two operations: readings, guesses, reports of a check.

Nothing is kept here. A step's state is the OrderImport row; what is slow to find out again
(a workbook's first rows, the check of a whole file) waits in the cache under a key that names
everything it depends on.
"""
