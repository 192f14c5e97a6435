"""The one way a row changes its state: by the transition map of its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from foundation.errors import WrongState

Transitions = Mapping[str, frozenset[str]]


class Lifecycle(models.Model):
    """A model with ``state`` and ``TRANSITIONS``, a map from each state to those after it."""

    TRANSITIONS: ClassVar[Transitions]
    state: models.CharField

    class Meta:
        abstract = True

    def move_to(self, state: str) -> None:
        """Set the state; raises WrongState where TRANSITIONS has no such step. Does not save."""
        if state not in self.TRANSITIONS[self.state]:
            raise WrongState
        self.state = state
