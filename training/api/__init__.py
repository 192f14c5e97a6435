"""The training centre for programs of an organisation: the same operations as the pages."""
