from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backbone.models import Job


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.jobs import register as register_job
        from backbone.purposes import register_purpose
        from backbone.sections import register_section
        from certificates import clearance, erasing, sections, tasks
        from foundation.operations import explain
        from gateway.scopes import register_scope
        from tenants.kinds import Role

        register_job(
            tasks.ARCHIVE_JOB,
            tasks.write_archive,
            label=_("Archive of certificates"),
            result_url=_archive,
        )
        register_purpose(
            "certificates.archive", label=_("Archives of certificates"), readers=[Role.COORDINATOR]
        )
        register_clearance("certificates", clearance.what_is_open)
        register_section("certificates", sections.section)
        erasing.register()
        register_scope("certificates.read", _("Read certificates"))
        explain("certificate_keeps_facts", _("What a certificate says is never altered."))


def _archive(job: "Job") -> str:
    where = {"tenant": job.tenant.slug, "pk": job.result["document"]}
    return reverse("backbone:file", kwargs=where)
