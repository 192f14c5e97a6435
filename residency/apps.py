from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidencyConfig(AppConfig):
    name = "residency"
    verbose_name = _("Residency")

    def ready(self) -> None:
        from backbone import events
        from backbone.clearance import register_clearance
        from backbone.housekeeping import register_tidying
        from backbone.outbox import register
        from backbone.purposes import register_purpose
        from backbone.sections import register_section
        from residency import (
            agreement_paper,
            clearance,
            erasing,
            letters,
            periodic,
            review_home,
            sections,
            tasks,
        )
        from residency.operations import papers, reviews
        from residency.operations.applying import close_expired
        from residency.operations.tasks import follow_event
        from tenants.kinds import Role
        from tenants.trail import keep_confidential

        register(letters.KIND, letters.deliver)
        register_tidying(close_expired)
        register_tidying(review_home.remind_owners)
        # Scores are hidden until the reader's own are in, in the trail as elsewhere.
        keep_confidential("residency_review", ["scores", "comment", "average"])
        # Of the park's own organisation: whoever of the staff reviews or decides reads them.
        register_purpose(
            reviews.MINUTES, label=_("Minutes of review meetings"), readers=Role.values
        )
        register_purpose(
            papers.PURPOSE, label=_("Document of an application"), readers=papers.READERS
        )
        agreement_paper.announce()
        # Celery looks for tasks in modules called so, which here are those of settling in.
        assert periodic.remind
        for kind in tasks.events():
            events.subscribe(kind, follow_event)
        register_section("residency", sections.residency)
        register_clearance("residency", clearance.what_is_open)
        erasing.register()
