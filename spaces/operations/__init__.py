"""Writing the tree of spaces (``tree``), closing them (``closing``), the ledger (``occupancy``)."""
