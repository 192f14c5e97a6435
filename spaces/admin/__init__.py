"""The staff's workplace for spaces: the tree, and the ledger of who has what when."""

from spaces.admin import days, ledger, places, tree

__all__ = ["days", "ledger", "places", "tree"]
