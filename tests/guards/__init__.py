"""Guards that ``make guards`` switches off one at a time; each time its named test must fail."""
