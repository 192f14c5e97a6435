from billing.admin import charges, runs, terms

__all__ = ["charges", "runs", "terms"]
