"""Pages of certificates: for everybody, for holders, for their organisations."""
