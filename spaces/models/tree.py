"""Buildings, floors and spaces. They are the park's own and the same for every reader.

No organisation owns them, so the tables have no tenant: the portal's role reads, the park's staff
write (``spaces/migrations``).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A name in both languages; the reader's own is shown."""

    name_zh = models.CharField(_("name in Chinese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Building(Named):
    code = models.SlugField(_("code"), max_length=20)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="building_code_once",
                violation_error_message=_("There is a building of this code."),
            ),
        ]


class Floor(Named):
    """A floor of a building. ``level`` is 1 for the ground floor, as in China; -1 lies below it."""

    building = models.ForeignKey(
        Building, models.PROTECT, related_name="floors", verbose_name=_("building")
    )
    level = models.SmallIntegerField(_("level"))

    class Meta:
        verbose_name = pgettext_lazy("building", "floor")
        verbose_name_plural = pgettext_lazy("building", "floors")
        ordering = ["building__position", "building", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "level"],
                name="floor_level_once",
                violation_error_message=_("The building has a floor of this level."),
            ),
            models.CheckConstraint(
                condition=~Q(level=0),
                name="floor_level_counts",
                violation_error_message=_("The ground floor is 1, the one below it -1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.name}"


class SpaceType(Named):
    """What rules of booking are made for: “small meeting room”, “live-stream studio”."""

    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("type of space")
        verbose_name_plural = _("types of space")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="space_type_code_once",
                violation_error_message=_("There is a type of this code."),
            ),
        ]


class SpaceKind(models.TextChoices):
    UNIT = "unit", pgettext_lazy("space", "Unit")
    DESK = "desk", pgettext_lazy("space", "Desk")
    MEETING_ROOM = "meeting_room", pgettext_lazy("space", "Meeting room")
    CLASSROOM = "classroom", pgettext_lazy("space", "Classroom")
    STUDIO = "studio", pgettext_lazy("space", "Live-stream studio")
    KIT = "kit", pgettext_lazy("space", "Kit")
    OPERATOR = "operator", pgettext_lazy("space", "Operator")


# What goes where it is needed and belongs to no floor.
MOVABLE = (SpaceKind.KIT, SpaceKind.OPERATOR)


class SpaceQuerySet(models.QuerySet["Space"]):
    def in_use(self) -> SpaceQuerySet:
        """What can still be taken: everything that is not retired."""
        return self.filter(retired_at=None)

    def lettable_area(self) -> SpaceQuerySet:
        """The units whose ``area`` adds up to the park's leasable area (docs/spaces.md)."""
        return self.in_use().counted_area()

    def counted_area(self) -> SpaceQuerySet:
        """Those units, with the ones that were in the sum until they were retired."""
        return self.filter(kind=SpaceKind.UNIT, lets_by_lease=True, counts_in_statistics=True)


class Space(Named):
    """Whatever can be taken for a time: a unit, a desk in it, a room, a kit, an operator's hours.

    Of ``quantity`` 1 it is taken by one at a time (``is_exclusive``); of more it is counted.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=SpaceKind.choices)
    type = models.ForeignKey(
        SpaceType, models.PROTECT, related_name="spaces", verbose_name=_("type")
    )
    floor = models.ForeignKey(
        Floor,
        models.PROTECT,
        related_name="spaces",
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("building", "floor"),
    )
    # The unit that a desk stands in; taking the unit takes its desks.
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="desks",
        null=True,
        blank=True,
        verbose_name=_("unit of the desk"),
    )
    code = models.CharField(_("code"), max_length=20)
    area = models.DecimalField(
        _("area in m²"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    quantity = models.PositiveIntegerField(_("how many"), default=1)
    # A column of its own, because the exclusion constraint of occupancies asks for it.
    is_exclusive = models.BooleanField(default=True, editable=False)
    lets_by_lease = models.BooleanField(_("let by lease"), default=False)
    lets_by_hour = models.BooleanField(_("let by the hour"), default=False)
    counts_in_statistics = models.BooleanField(
        _("counts in statistics"),
        default=True,
        help_text=_("Off for what the park uses itself: offices, storage, technical rooms."),
    )
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="space_code_once",
                violation_error_message=_("There is a space of this code in the park."),
            ),
            # What an occupancy's copy of ``is_exclusive`` refers to.
            models.UniqueConstraint(fields=["id", "is_exclusive"], name="space_exclusive_key"),
            models.CheckConstraint(condition=Q(kind__in=SpaceKind.values), name="space_kind_known"),
            models.CheckConstraint(
                condition=Q(is_exclusive=True, quantity=1) | Q(is_exclusive=False, quantity__gt=1),
                name="space_exclusive_means_one",
                violation_error_message=_("There is one of it, or more."),
            ),
            models.CheckConstraint(
                condition=Q(floor__isnull=False) | Q(kind__in=MOVABLE),
                name="space_has_floor",
                violation_error_message=_("Say on which floor it lies."),
            ),
            models.CheckConstraint(
                condition=Q(kind=SpaceKind.DESK, parent__isnull=False)
                | (~Q(kind=SpaceKind.DESK) & Q(parent=None)),
                name="space_desk_has_unit",
                violation_error_message=_("A desk stands in a unit, and nothing else does."),
            ),
            models.CheckConstraint(
                condition=Q(area__gt=0, area__isnull=False)
                | (Q(area=None) & ~Q(kind=SpaceKind.UNIT)),
                name="space_area_known",
                violation_error_message=_("A unit has an area above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=SpaceKind.UNIT) | Q(quantity=1),
                name="space_unit_is_one",
                violation_error_message=_("A unit is one: add others with codes of their own."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def lock_key(self) -> int:
        """Whom the lock of this space is taken on: a desk is locked with its unit."""
        return self.parent_id or self.pk
