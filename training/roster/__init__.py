"""A list of people who are to get seats in a session, as a file."""
