from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackboneConfig(AppConfig):
    name = "backbone"
    verbose_name = _("Jobs, notices and files")

    def ready(self) -> None:
        from celery.signals import worker_ready

        from backbone import leaving, organisation_section, own_jobs
        from backbone.clearance import nothing_open, register_clearance
        from backbone.data_export.archive import PURPOSE
        from backbone.effects import register_effects
        from backbone.events import subscribe
        from backbone.heartbeat import beat
        from backbone.housekeeping import register_tidying
        from backbone.jobs import register
        from backbone.operations.data_export import DATA_JOB
        from backbone.operations.retention import keep_to_rules
        from backbone.purposes import register_purpose
        from backbone.sections import nothing_to_say, register_section

        # Members keep reading after their organisation left, and go when its accounts close.
        register_clearance("tenants", nothing_open)
        register_clearance("backbone", leaving.what_is_open)
        subscribe("residency.left", leaving.stop_jobs)
        # Kind, names and standing are the page's own head.
        register_section("tenants", nothing_to_say)
        register_section("backbone", organisation_section.section)
        register(
            DATA_JOB,
            own_jobs.export_data,
            label=_("Export of all data"),
            result_url=own_jobs.data_page,
            after_leaving=True,
        )
        register_purpose(PURPOSE, label=_("Export of all data"), readers=[])
        register_tidying(keep_to_rules)
        register_effects()
        worker_ready.connect(beat, dispatch_uid="backbone.heartbeat")
