"""The admission rules: one function per code, each with its own sentence.

Which rules apply to which kind of applicant, with which figure and since when, is data
(``AdmissionRule``). What cannot be judged yet, such as the age of a team that has not registered
its company, is neither met nor missed: ``met`` is None, it blocks nobody, and the reviewers are
told.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.sentences import for_reader, in_every_language
from foundation.errors import Sentence
from foundation.money import format_number
from residency.kinds import ApplicantKind
from residency.models.applications import Application
from residency.models.rules import AdmissionRule, RuleCode


@dataclass(frozen=True, slots=True)
class Verdict:
    """``met`` is None where nobody knows yet; ``params`` fill the sentence."""

    met: bool | None
    sentence: Sentence
    params: Mapping[str, Any] = field(default_factory=dict)


Rule = Callable[[Application, Decimal, date], Verdict]


def findings(application: Application, on: date) -> list[dict[str, Any]]:
    """What the rules in force for this kind of applicant on the day say.

    Each is ``{code, met, blocking, sentence, source}``; the sentence in every language.
    """
    rules = AdmissionRule.objects.filter(tenant_id=application.tenant_id, kind=application.kind)
    return [_finding(rule, application, on) for rule in rules if rule.in_force(on)]


def missed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings that keep an application from being reviewed."""
    return [each for each in found if each["blocking"] and each["met"] is False]


def sentence_of(finding: Mapping[str, Any]) -> str:
    """In the reader's language."""
    return for_reader(finding["sentence"])


def _finding(rule: AdmissionRule, application: Application, on: date) -> dict[str, Any]:
    verdict = RULES[rule.code](application, rule.figure or Decimal(0), on)
    return {
        "code": rule.code,
        "met": verdict.met,
        "blocking": rule.is_blocking,
        "sentence": in_every_language(verdict.sentence, verdict.params),
        "source": rule.source,
    }


# -- the rules -------------------------------------------------------------------------------


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _age_at_most(application: Application, figure: Decimal, on: date) -> Verdict:
    """The last day that counts is that of the month after so many months."""
    if application.founded_on is None:
        return _no_company_yet()
    params = _age_params(application.founded_on, figure)
    if on <= params["until"]:
        return Verdict(
            True, _("Founded on %(day)s: %(limit)s months last until %(until)s."), params
        )
    return Verdict(
        False, _("Founded on %(day)s: older than %(limit)s months since %(until)s."), params
    )


def _age_at_least(application: Application, figure: Decimal, on: date) -> Verdict:
    if application.founded_on is None:
        return _no_company_yet()
    params = _age_params(application.founded_on, figure)
    if on >= params["until"]:
        return Verdict(
            True, _("Founded on %(day)s: %(limit)s months were full on %(until)s."), params
        )
    return Verdict(
        False, _("Founded on %(day)s: %(limit)s months are full only on %(until)s."), params
    )


def _age_params(founded_on: date, figure: Decimal) -> dict[str, Any]:
    limit = int(figure)
    return {"day": founded_on, "limit": limit, "until": months_after(founded_on, limit)}


def _no_company_yet() -> Verdict:
    return Verdict(None, _("No company is registered yet, so its age is not known yet."))


def _headcount_at_least(application: Application, figure: Decimal, on: date) -> Verdict:
    if application.headcount is None:
        return Verdict(None, _("How many people there are is not known yet."))
    params = {"count": format_number(application.headcount), "limit": format_number(int(figure))}
    if application.headcount >= figure:
        return Verdict(True, _("People: %(count)s, at least %(limit)s."), params)
    return Verdict(False, _("People: %(count)s; at least %(limit)s needed."), params)


def _volume_at_least(application: Application, figure: Decimal, on: date) -> Verdict:
    if application.volume is None:
        return Verdict(None, _("The volume of the last 12 months is not known yet."))
    params = {"volume": format_number(application.volume, 2), "limit": format_number(figure, 2)}
    if application.volume >= figure:
        return Verdict(True, _("CNY %(volume)s in the last 12 months, at least %(limit)s."), params)
    return Verdict(
        False, _("CNY %(volume)s in the last 12 months; at least %(limit)s needed."), params
    )


def _area_at_most(application: Application, figure: Decimal, on: date) -> Verdict:
    if application.kind == ApplicantKind.ADDRESS:
        return Verdict(True, _("Wants an address and no space."))
    if application.wanted_area is None:
        return Verdict(None, _("How much space is wanted is not known yet."))
    params = {
        "area": format_number(application.wanted_area, 2),
        "limit": format_number(figure, 2),
    }
    if application.wanted_area <= figure:
        return Verdict(True, _("Wants %(area)s m², at most %(limit)s."), params)
    return Verdict(False, _("Wants %(area)s m²; at most %(limit)s allowed."), params)


def _registers_here(application: Application, figure: Decimal, on: date) -> Verdict:
    if application.kind == ApplicantKind.ADDRESS:
        return Verdict(True, _("Registers its address in the park."))
    return _answered(
        application,
        RuleCode.REGISTERS_HERE,
        unknown=_("Whether it registers its address in the park is not known yet."),
        met=_("Registers its address in the park."),
        missed=_("Does not register its address in the park."),
    )


def _not_dishonest(application: Application, figure: Decimal, on: date) -> Verdict:
    return _answered(
        application,
        RuleCode.NOT_DISHONEST,
        unknown=_("Whether it is on the list of dishonest persons is not known yet."),
        met=_("Declares that it is not on the list of dishonest persons."),
        missed=_("Is on the list of dishonest persons."),
    )


def _safe_use(application: Application, figure: Decimal, on: date) -> Verdict:
    return _answered(
        application,
        RuleCode.SAFE_USE,
        unknown=_("Whether it accepts the rules for safe use of the premises is not known yet."),
        met=_("Accepts the rules for safe use of the premises."),
        missed=_("Does not accept the rules for safe use of the premises."),
    )


def _answered(
    application: Application, code: str, *, unknown: Sentence, met: Sentence, missed: Sentence
) -> Verdict:
    """A yes or no that the applicant gave under the rule's own name among the details."""
    answer = application.details.get(code)
    if not isinstance(answer, bool):
        return Verdict(None, unknown)
    return Verdict(answer, met if answer else missed)


RULES: Mapping[str, Rule] = {
    RuleCode.AGE_AT_MOST: _age_at_most,
    RuleCode.AGE_AT_LEAST: _age_at_least,
    RuleCode.HEADCOUNT_AT_LEAST: _headcount_at_least,
    RuleCode.VOLUME_AT_LEAST: _volume_at_least,
    RuleCode.AREA_AT_MOST: _area_at_most,
    RuleCode.REGISTERS_HERE: _registers_here,
    RuleCode.NOT_DISHONEST: _not_dishonest,
    RuleCode.SAFE_USE: _safe_use,
}
