"""Trade for programs: the same operations and queries as the pages."""
