"""The staff's workplace for spaces: the tree, and the ledger of who has what when."""

from spaces.admin import ledger, places, tree

__all__ = ["ledger", "places", "tree"]
