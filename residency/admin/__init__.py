"""The staff's workplace for residency, a module for each journey."""

from residency.admin import admission, agreements, applications, exits, leads, reviews, stays

__all__ = ["admission", "agreements", "applications", "exits", "leads", "reviews", "stays"]
