from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backbone.models import Job


class LearnersConfig(AppConfig):
    name = "learners"
    verbose_name = _("Learners")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.jobs import register as register_job
        from backbone.outbox import register as register_effect
        from backbone.purposes import register_purpose
        from backbone.retention import register_personal_data
        from backbone.sections import register_section
        from gateway.scopes import register_scope
        from learners import mail, registries, tasks
        from tenants.kinds import Role

        register_job(
            tasks.EXPORT_JOB,
            tasks.export_learners,
            label=_("Export of learners"),
            result_url=_exported_file,
        )
        register_effect(mail.KIND, mail.deliver)
        readers = [Role.COORDINATOR]
        register_purpose("learners.roster", label=_("Uploaded rosters"), readers=readers)
        register_purpose("learners.exported", label=_("Exported learners"), readers=readers)
        register_scope("learners.read", _("Read the learner register"))
        register_clearance("learners", registries.still_learning)
        register_section("learners", registries.section)
        for kept in registries.personal_data():
            register_personal_data(kept)


def _exported_file(job: "Job") -> str:
    where = {"tenant": job.tenant.slug, "pk": job.result["document"]}
    return reverse("backbone:file", kwargs=where)
