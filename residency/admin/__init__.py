"""The staff's workplace for residency, a module for each journey."""

from residency.admin import admission, applications, leads, reviews

__all__ = ["admission", "applications", "leads", "reviews"]
