"""Forms of many rows: a date's marks, a session's results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.refs import pk_of, ref_of
from training.desk import Roll, ShownLine
from training.models import MarkKind, MarkSource, Seat
from training.operations.attending import Said

NOT_SET = ("", pgettext_lazy("attendance", "Not set"))
BLANK, MARK = "--", "attendance mark"
RESULTS = [("", BLANK), ("yes", _("Passed")), ("no", _("Not passed"))]


class MarksForm(forms.Form):
    """Of each row its mark, the minutes of who was there in part, and which mark the page showed:
    what nobody touched is left as it is, whatever has come of it in the meantime."""

    source = forms.ChoiceField(
        label=_("Taken from"),
        choices=[(s.value, s.label) for s in MarkSource if s != MarkSource.CODE],
    )
    rest = forms.ChoiceField(
        label=_("Everybody without a mark, on all pages"),
        required=False,
        choices=[NOT_SET, *MarkKind.choices[:1], *MarkKind.choices[-1:]],
    )
    reason = forms.CharField(
        label=_("Reason, where a mark is corrected"), required=False, max_length=300
    )

    def __init__(self, *args: Any, rolls: list[Roll], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rolls = rolls
        for roll in rolls:
            self._add(roll)

    def _add(self, roll: Roll) -> None:
        key, mark = roll.seat.pk, roll.mark
        label = f"{roll.name} {roll.number}"
        self.fields[f"kind-{key}"] = forms.ChoiceField(
            required=False,
            choices=[NOT_SET, *MarkKind.choices],
            initial=mark.kind if mark else "",
            widget=forms.Select(attrs={"aria-label": label}),
        )
        self.fields[f"minutes-{key}"] = forms.IntegerField(
            required=False,
            min_value=1,
            initial=mark.minutes if mark and mark.minutes else None,
            widget=forms.NumberInput(attrs={"aria-label": f"{label}: {_('minutes')}", "size": 4}),
        )
        shown = ref_of(mark.pk, MARK) if mark else ""
        self.fields[f"shown-{key}"] = forms.CharField(
            required=False, initial=shown, widget=forms.HiddenInput
        )

    def rows(self) -> Iterator[tuple[Roll, Any, Any, Any]]:
        for roll in self.rolls:
            key = roll.seat.pk
            yield roll, self[f"kind-{key}"], self[f"minutes-{key}"], self[f"shown-{key}"]

    def general(self) -> Iterator[Any]:
        return (self[name] for name in ("source", "rest", "reason"))

    def said(self, unmarked: Iterable[Seat]) -> list[Said]:
        """What was touched on the page, then the rest."""
        reason = self.cleaned_data["reason"]
        found = [each for roll in self.rolls if (each := self._touched(roll, reason)) is not None]
        named = {each.seat.pk for each in found}
        if rest := self.cleaned_data["rest"]:
            found += [Said(seat, rest) for seat in unmarked if seat.pk not in named]
        return found

    def _touched(self, roll: Roll, reason: str) -> Said | None:
        key = roll.seat.pk
        kind = self.cleaned_data[f"kind-{key}"]
        minutes = self.cleaned_data[f"minutes-{key}"]
        shown = _pk(self.cleaned_data[f"shown-{key}"])
        if not kind or not {f"kind-{key}", f"minutes-{key}"} & set(self.changed_data):
            return None
        return Said(roll.seat, kind, minutes, reason, shown)


def _plain(score: Decimal) -> Decimal:
    """Without zeros behind the point."""
    return Decimal(f"{score.normalize():f}")


def _pk(ref: str) -> int | None:
    try:
        return pk_of(ref, MARK)
    except ValueError:
        return None


class ResultsForm(forms.Form):
    """Of each row whether the test was passed, and the score where there is one."""

    reason = forms.CharField(
        label=_("Reason, where a result is corrected"), required=False, max_length=300
    )

    def __init__(self, *args: Any, lines: list[ShownLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self._add(line)

    def _add(self, line: ShownLine) -> None:
        key, result = line.seat.pk, line.result
        label = f"{line.name} {line.number}"
        self.fields[f"passed-{key}"] = forms.ChoiceField(
            required=False,
            choices=RESULTS,
            initial={None: "", True: "yes", False: "no"}[result.passed if result else None],
            widget=forms.Select(attrs={"aria-label": f"{label}: {_('test')}"}),
        )
        self.fields[f"score-{key}"] = forms.DecimalField(
            required=False,
            max_digits=5,
            decimal_places=2,
            min_value=0,
            max_value=100,
            initial=_plain(result.score) if result and result.score is not None else None,
            widget=forms.NumberInput(attrs={"aria-label": f"{label}: {_('score')}", "step": "any"}),
        )

    def rows(self) -> Iterator[tuple[ShownLine, Any, Any]]:
        for line in self.lines:
            yield line, self[f"passed-{line.seat.pk}"], self[f"score-{line.seat.pk}"]

    def said(self) -> list[tuple[Seat, bool, Decimal | None]]:
        found = []
        for line in self.lines:
            key = line.seat.pk
            passed = self.cleaned_data[f"passed-{key}"]
            if passed and {f"passed-{key}", f"score-{key}"} & set(self.changed_data):
                found.append((line.seat, passed == "yes", self.cleaned_data[f"score-{key}"]))
        return found
