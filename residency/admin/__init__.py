"""The staff's workplace for residency, a module for each journey."""

from residency.admin import applications, leads

__all__ = ["applications", "leads"]
