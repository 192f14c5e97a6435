"""Pages of an organisation about its agreements and its stay."""
