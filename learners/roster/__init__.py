"""A roster: which column is what, what each row would do, and the files that go back."""
