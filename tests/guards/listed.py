"""Each guard, how it is switched off, and the test that must notice.

``patch`` is Python run before the tests; ``sql`` is run by the owner on the database that they
copy. Production code knows nothing of this.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    name: str
    test: str
    patch: str = ""
    sql: str = ""


def _drop(middleware: str) -> str:
    return (
        "from django.conf import settings\n"
        f"settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if {middleware!r} not in m]"
    )


WALLS, GATE = "tests/walls", "tests/gateway"
ALONE = f"{WALLS}/test_database_alone.py"
BROWSER = f"{WALLS}/test_browser_walls.py"

GUARDS = [
    # -- the database
    Guard(
        "policy of a table",
        f"{ALONE}::test_the_role_of_the_portal_reads_and_writes_its_own_rows_only",
        sql="alter policy tenant on trade_order using (true) with check (true)",
    ),
    Guard(
        "FORCE of a table",
        "tests/tenants/test_walls.py::test_the_wall_stands",
        sql="alter table trade_order no force row level security",
    ),
    Guard(
        "composite key",
        f"{ALONE}::test_no_reference_reaches_a_neighbours_row",
        sql=(
            "alter table trade_orderimport drop constraint if exists plain_key;"
            "do $$ declare k text; begin select conname into k from pg_constraint where "
            "conrelid = 'trade_orderimport'::regclass and contype = 'f' and conkey @> array("
            "select attnum from pg_attribute where attrelid = 'trade_orderimport'::regclass "
            "and attname = 'mapping_id'); execute format('alter table trade_orderimport drop "
            "constraint %I', k); end $$;"
            "alter table trade_orderimport add constraint plain_key foreign key (mapping_id) "
            "references trade_importmapping (id)"
        ),
    ),
    Guard(
        "policy before sign-in",
        f"{GATE}/test_keys.py::test_the_public_role_sees_the_one_key_it_was_given",
        sql="create policy wide on gateway_apikey to portal_public using (true)",
    ),
    Guard(
        "trail trigger",
        f"{WALLS}/test_trail.py::test_every_change_of_every_table_is_recorded[raw SQL]",
        sql="drop trigger trail on backbone_document",
    ),
    Guard(
        "personal columns unsaid in the trail",
        "tests/residency/test_retention.py::test_leads_that_were_lost",
        sql=(
            "drop trigger trail on residency_lead; create trigger trail after insert or update "
            "or delete on residency_lead for each row execute function trail_record()"
        ),
    ),
    Guard(
        "trail only grows",
        f"{WALLS}/test_trail.py::test_no_role_of_the_portal_alters_the_trail",
        sql="grant update on tenants_trailentry to portal_app",
    ),
    Guard(
        "SET LOCAL",
        "tests/tenants/test_context.py::test_a_committed_transaction_carries_nothing_over",
        "from tenants.isolation import context\n"
        "context.APPLY = context.APPLY.replace('true', 'false')",
    ),
    # -- the application
    Guard(
        "a lock between writing and leaving",
        "tests/residency/test_exit_race.py::test_what_is_being_written_is_there_before_the_exit_is_checked",
        "from tenants import standing\nstanding.HOLD = standing.TAKE = 'select %s'",
    ),
    Guard(
        "pages of an organisation that left",
        "tests/tenants/test_standing.py::test_its_people_read_and_change_nothing",
        _drop("StandingMiddleware"),
    ),
    Guard(
        "programs of an organisation that left",
        "tests/tenants/test_standing.py::test_a_program_writes_nothing",
        "from tenants import standing\nstanding.require_present = lambda tenant_id: None",
    ),
    Guard(
        "second person of a waiver",
        "tests/residency/test_exit_check.py::test_a_waiver_takes_a_second_person",
        sql="alter table residency_waiver drop constraint waiver_by_second_person",
    ),
    Guard(
        "permission table",
        "tests/tenants/test_members.py::test_weaker_roles_add_nobody",
        "from foundation.permissions import PermissionTable\n"
        "PermissionTable.permits = lambda self, actor, action: True",
    ),
    Guard(
        "rows start from the actor",
        f"{WALLS}/test_access_matrix.py::test_each_role_of_an_organisation",
        "from backbone.models.jobs import JobQuerySet\n"
        "JobQuerySet.visible_to = lambda self, actor: self",
    ),
    Guard(
        "the same 404 for everybody",
        "tests/tenants/test_requests.py::"
        "test_a_neighbour_and_a_name_that_never_existed_look_the_same",
        "from django.http import HttpResponse\nfrom park_portal import errors\n"
        "errors.not_found = lambda r, exception=None: HttpResponse(r.path, status=404)",
    ),
    Guard(
        "refs instead of numbers",
        f"{WALLS}/test_opaque_refs.py::test_no_page_or_download_shows_a_key",
        "from foundation import refs\n"
        "refs.RefConverter.regex = '[0-9]+'\n"
        "refs.RefConverter.to_url = lambda self, value: str(value)\n"
        "refs.RefConverter.to_python = lambda self, value: int(value)",
    ),
    Guard(
        "CSRF token",
        f"{WALLS}/test_forged_requests.py::"
        "test_nothing_unsafe_happens_without_a_token_or_from_another_site",
        _drop("CsrfViewMiddleware"),
    ),
    Guard(
        "CSP", f"{BROWSER}::test_every_answer_to_everybody_has_every_wall", _drop("CSPMiddleware")
    ),
    Guard(
        "no-store and its neighbours",
        f"{BROWSER}::test_every_answer_to_everybody_has_every_wall",
        _drop("HeadersMiddleware"),
    ),
    Guard(
        "Host header",
        f"{WALLS}/test_production_walls.py::test_a_request_for_another_host_is_refused",
        "import django.http.request as r\nr.validate_host = lambda *a: True",
    ),
    # -- spaces
    Guard(
        "nothing overlaps in a space",
        "tests/spaces/test_bursts.py::test_each_slot_is_taken_once",
        sql="alter table spaces_occupancy drop constraint occupancy_no_overlap",
    ),
    Guard(
        "lock of a counted space",
        "tests/spaces/test_bursts.py::test_two_do_not_take_the_same_last_ones",
        "from spaces import locks\nlocks.LOCK = 'select %s, %s::int[]'",
    ),
    Guard(
        "counting across organisations",
        "tests/spaces/test_takings.py::"
        "test_of_a_space_that_is_counted_no_more_is_taken_than_there_is",
        "import contextlib\nfrom spaces.operations import making_room\n"
        "making_room.across_tenants = lambda reason: contextlib.nullcontext()",
    ),
    Guard(
        "an expired hold makes room",
        "tests/spaces/test_takings.py::test_a_hold_keeps_others_out_until_it_expires",
        "from spaces.operations import occupancy\n"
        "occupancy.lapse_expired = lambda now, ids, spans: None",
    ),
    Guard(
        "an expired hold is not confirmed",
        "tests/spaces/test_takings.py::"
        "test_an_expired_hold_is_not_confirmed_even_when_nobody_else_came",
        "from spaces.operations import occupancy\n"
        "occupancy.require_not_expired = lambda row, now: None",
    ),
    Guard(
        "idle hours that were put to use give way to a resident",
        "tests/training/test_idle.py::test_a_resident_takes_it_back_and_the_session_is_off",
        "from spaces.operations import occupancy\noccupancy.give_way = lambda *args, **known: None",
    ),
    Guard(
        "a counted occupancy of an exclusive space",
        "tests/spaces/test_takings.py::test_whoever_writes_the_table_has_the_last_judge",
        sql="alter table spaces_occupancy drop constraint occupancy_exclusive_as_space",
    ),
    # -- leases and charges
    Guard(
        "a lease keeps its unit until the inspection is signed",
        "tests/leasing/test_way.py::test_a_unit_is_not_free_before_its_inspection_is_signed",
        "import dataclasses\nfrom leasing.operations import holding\n"
        "made = holding._want\n"
        "holding._want = lambda u: dataclasses.replace(made(u), end=made(u).expected_until)",
    ),
    Guard(
        "whoever wrote a lease does not approve it",
        "tests/leasing/test_approval.py::test_whoever_wrote_it_or_approved_it_does_not_approve_it",
        "from leasing.operations import approving\napproving._writers = lambda own: set()",
    ),
    Guard(
        "the same is charged once",
        "tests/billing/test_charges.py::test_the_same_is_charged_once",
        sql="alter table billing_charge drop constraint charge_once",
    ),
    Guard(
        "no more of a bank's line than it has",
        "tests/reconciliation/test_races.py::test_without_lock_and_constraint_they_do",
        sql="alter table reconciliation_tally drop constraint tally_not_beyond",
    ),
    Guard(
        "one line of a bank for a recorded payment",
        "tests/reconciliation/test_recorded.py::test_two_lines_at_once_do_not_stand_for_one_transfer",
        sql="drop index match_of_payment_once",
    ),
    # -- bookings
    Guard(
        "lock of an allowance",
        "tests/offices/test_races.py::test_two_who_book_at_once_do_not_use_the_same_minutes",
        "from offices import prices\nprices.LOCK = 'select %s'",
    ),
    Guard(
        "a freed time goes to whoever waits",
        "tests/offices/test_changing.py::test_the_first_in_line_is_offered_what_is_cancelled",
        "from offices.operations import waiting\nwaiting.promote = lambda **known: None",
    ),
    Guard(
        "a new code at a door makes the old one void",
        "tests/offices/test_links.py::test_the_page_at_a_door_tells_times_and_nobodys_name",
        "from offices.models import links\nfrom offices.operations import links as operations\n"
        "operations.new_nonce = lambda: '0' * 16\nlinks.Door._meta.get_field('nonce').default = "
        "operations.new_nonce",
    ),
    Guard(
        "a feed ends when its owner leaves",
        "tests/offices/test_links.py::test_a_feed_ends[left]",
        "from offices import links\nlinks._belongs = lambda feed: True",
    ),
    # -- certificates and attendance
    Guard(
        "a certificate keeps its facts",
        "tests/certificates/test_issuing.py::test_facts_do_not_change_whoever_writes",
        sql="drop trigger certificate_keeps_facts on certificates_certificate",
    ),
    Guard(
        "three kinds of certificates apart",
        "tests/certificates/test_issuing.py::test_the_three_kinds_do_not_mix",
        sql="alter table certificates_certificate drop constraint certificate_kinds_apart",
    ),
    Guard(
        "numbers of certificates are not tried out",
        "tests/certificates/test_verifying.py::test_numbers_are_not_tried_out",
        "from types import SimpleNamespace\nfrom certificates.views import public\n"
        "public.admit = lambda *args, **known: SimpleNamespace(rollback=lambda: None)",
    ),
    Guard(
        "no certificate without the rule",
        "tests/training/test_settling.py::test_a_test_that_is_asked_for_decides",
        "from training.eligibility import Eligibility\n"
        "Eligibility.refusals = property(lambda self: [])",
    ),
    Guard(
        "marks are locked when a session is settled",
        "tests/training/test_attending.py::test_marks_are_locked_when_the_session_is_settled",
        sql="drop function training_not_settled cascade",
    ),
    Guard(
        "a code on the screen is good for a minute",
        "tests/training/test_attendance_pages.py::"
        "test_a_code_that_is_too_old_opens_nothing_elsewhere",
        "from training import check_in_codes\ncheck_in_codes.GOOD_FOR = 10**9",
    ),
    Guard(
        "a seat's link is its person's",
        "tests/training/test_attendance_pages.py::"
        "test_a_seat_that_changes_hands_takes_its_link_along_to_nobody",
        "from training import personal_links\npersonal_links.person_of = lambda seat: ''",
    ),
    # -- files and exports
    Guard(
        "formula escaping",
        "tests/foundation/test_writing.py::test_no_cell_of_a_csv_starts_a_formula",
        "from foundation.tables import writing\nwriting.escape_cell = lambda text: text",
    ),
    Guard(
        "signature of a file link",
        f"{WALLS}/test_signed_links.py::test_a_forged_or_mistyped_one_is_any_404",
        "from django.core.signing import Signer\n"
        "Signer.unsign = lambda self, text: text.rpartition(self.sep)[0]",
    ),
    # -- tasks and caches
    Guard(
        "task asks for its organisation",
        f"{WALLS}/test_tasks.py::test_without_an_organisation_nothing_is_done_and_it_is_said",
        "from backbone.tasking import TenantTask\nTenantTask._require = lambda *a: None",
    ),
    Guard(
        "organisation in cache keys",
        f"{WALLS}/test_cache_keys.py::test_the_same_name_is_another_key_for_each_organisation",
        "from tenants.isolation import tenant_cache\ntenant_cache.key_of = lambda name: name",
    ),
    # -- the API
    Guard(
        "key compared whole",
        f"{GATE}/test_keys.py::test_a_key_that_is_not_exactly_right_opens_nothing",
        "from gateway import authentication\n"
        "authentication.constant_time_compare = lambda left, right: True",
    ),
    Guard(
        "revoked and expired keys",
        f"{GATE}/test_keys.py::test_revoked_means_from_the_next_call_on",
        "from gateway import authentication\nauthentication._refuse_ended = lambda key: None",
    ),
    Guard(
        "scope of a key",
        f"{GATE}/test_keys.py::test_scope_and_role_must_both_agree",
        "from gateway.scopes import HasScope\n"
        "HasScope.has_permission = lambda self, request, view: request.auth is not None",
    ),
    Guard(
        "idempotent answer",
        f"{GATE}/test_repeating.py::"
        "test_an_upload_starts_one_import_and_its_repetition_answers_the_same",
        "from gateway import idempotency\nidempotency._keep = lambda *said: None",
    ),
    Guard(
        "idempotency fingerprint",
        f"{GATE}/test_repeating.py::test_another_body_under_the_same_key_is_refused",
        "from gateway import idempotency\nidempotency.fingerprint = lambda request: '0' * 64",
    ),
    Guard(
        "idempotency try-lock",
        f"{GATE}/test_repeating.py::test_many_at_once_make_one_thing_each",
        "from gateway import idempotency\nidempotency.try_lock = lambda tenant_id, key: True",
    ),
    Guard(
        "throttle",
        f"{GATE}/test_limits.py::"
        "test_an_organisation_that_asks_too_often_waits_and_its_neighbour_does_not",
        "from gateway import throttling\nthrottling.count = lambda name, limit, seconds: 0",
    ),
    Guard(
        "size of a body",
        f"{GATE}/test_limits.py::test_bodies_that_cannot_be",
        "from gateway import parsers\nparsers.refuse_longer_than = lambda context, limit: None",
    ),
    Guard(
        "unknown fields refused",
        f"{GATE}/test_limits.py::test_a_query_that_is_not_offered_is_refused_with_its_name",
        "from gateway.serializers import Shape\ndel Shape.to_internal_value",
    ),
    # -- who you are
    Guard(
        "guessing limits",
        "tests/tenants/test_guessing.py::test_after_some_wrong_guesses_even_the_right_one_waits",
        "from django.conf import settings\nsettings.ACCOUNT_RATE_LIMITS = False",
    ),
    Guard(
        "sessions end with roles",
        "tests/tenants/test_sessions.py::test_new_roles_end_the_sessions_and_the_same_roles_do_not",
        "from tenants.models import User\nUser.get_session_auth_hash = lambda self: 'same'",
    ),
    Guard(
        "asked who it is before keys change",
        f"{GATE}/test_pages.py::test_whoever_gave_the_password_long_ago_gives_it_again",
        "from allauth.account.internal.flows import reauthentication\n"
        "reauthentication.did_recently_reauthenticate = lambda request: True",
    ),
    Guard(
        "second factors sealed",
        f"{WALLS}/test_second_factor.py::test_the_database_holds_no_seed",
        "from django.conf import settings\n"
        "settings.MFA_ADAPTER = 'allauth.mfa.adapter.DefaultMFAAdapter'",
    ),
    Guard(
        "signature of an invitation",
        "tests/members/test_link.py::test_no_other_text_opens_anything",
        "from django.core.signing import Signer\n"
        "Signer.unsign = lambda self, text: text.rpartition(self.sep)[0]",
    ),
    # -- calls to elsewhere
    Guard(
        "public addresses only",
        "tests/foundation/test_safe_http.py::"
        "test_hostile_addresses_are_refused_on_save_and_on_send",
        "from foundation import safe_http\nsafe_http.is_public = lambda address: True",
    ),
    Guard(
        "call goes to the judged address",
        "tests/foundation/test_safe_http.py::test_the_connection_goes_to_the_judged_address",
        "from foundation import safe_http as s\n"
        "s._Pinned.build_connection_pool_key_attributes = "
        "s.IPFilterAdapter.build_connection_pool_key_attributes",
    ),
    # -- settling in
    Guard(
        "one stay at a time",
        "tests/residency/test_stays_moving_in.py::test_two_who_move_the_same_in_make_one_stay",
        sql="drop index stay_once",
    ),
    Guard(
        "tasks follow events",
        "tests/residency/test_stays_moving_in.py::test_tasks_close_by_what_happens_elsewhere",
        patch="from backbone import events\nevents._handlers.clear()\n"
        "events.subscribe = lambda kind, handler: None",
    ),
    # -- payments through providers
    Guard(
        "providers are believed for their signature",
        "tests/payments/test_signatures.py::test_what_is_not_signed_or_old_is_refused[4]",
        "from payments.providers.base import SignedProvider\n"
        "SignedProvider.check_signature = lambda self, headers, body, now: None",
    ),
    Guard(
        "old messages of providers are not believed",
        "tests/payments/test_signatures.py::test_what_is_not_signed_or_old_is_refused[7]",
        "from datetime import timedelta\nfrom payments.providers import base\n"
        "base.TOLERANCE = timedelta(days=999)",
    ),
    Guard(
        "an event is taken in once",
        "tests/payments/test_races.py::test_an_event_that_comes_many_times_at_once_is_taken_in_once",
        sql="alter table payments_inboxevent drop constraint inbox_event_once",
    ),
    Guard(
        "one payment of a bill under way",
        "tests/payments/test_races.py::test_of_many_tries_at_once_one_begins",
        sql="drop index payment_one_under_way",
    ),
    # -- the books
    Guard(
        "a voucher sums to zero",
        "tests/ledger/test_hostile_sql.py::test_hostile_sql_is_refused[unbalanced]",
        sql="drop trigger zero_sum on ledger_voucher; drop trigger zero_sum on ledger_entry",
    ),
    Guard(
        "what was posted is never altered",
        "tests/ledger/test_hostile_sql.py::test_the_owner_of_the_tables_is_refused_too",
        sql="drop trigger append_only on ledger_entry",
    ),
    Guard(
        "a voucher is reversed once",
        "tests/ledger/test_races.py::test_with_the_key_it_is_not",
        sql="alter table ledger_voucher drop constraint voucher_reversed_once",
    ),
    Guard(
        "a closed month takes nothing",
        "tests/ledger/test_periods.py::"
        "test_a_closed_month_takes_nothing_and_nothing_before_it_does",
        sql="drop trigger open_day on ledger_voucher",
    ),
    Guard(
        "no account goes below its floor",
        "tests/ledger/test_posting.py::test_a_deposit_is_not_overdrawn",
        sql="alter table ledger_account drop constraint account_floor",
    ),
    Guard(
        "sums of accounts come from entries",
        "tests/ledger/test_hostile_sql.py::test_hostile_sql_is_refused[the sum of an account]",
        sql="drop trigger keep_account on ledger_account",
    ),
    # -- bills
    Guard(
        "an issued bill is frozen",
        "tests/billing/test_issuing.py::test_the_owner_of_the_tables_is_refused_too",
        sql="drop trigger keep_invoice on billing_invoice",
    ),
    Guard(
        "the lines of an issued bill are frozen",
        "tests/billing/test_issuing.py::test_a_line_is_not_slipped_in",
        sql="drop trigger keep_part on billing_invoiceline",
    ),
    Guard(
        "a bill that does not sum up is not issued",
        "tests/billing/test_issuing.py::test_a_draft_that_does_not_sum_up_is_not_issued",
        sql="drop trigger keep_invoice on billing_invoice",
    ),
    Guard(
        "credit notes and allocations are never altered",
        "tests/billing/test_issuing.py::test_the_owner_of_the_tables_is_refused_too",
        sql="drop trigger append_only on billing_allocation",
    ),
    Guard(
        "one payment of a bill is under way",
        "tests/billing/test_trying.py::test_nobody_tries_again_while_nobody_knows",
        sql="drop index payment_one_under_way",
    ),
    Guard(
        "a refund is approved by another",
        "tests/billing/test_refunding.py::test_nobody_approves_what_they_asked_for",
        sql="alter table billing_refund drop constraint refund_by_two",
    ),
    Guard(
        "no more is applied than a payment has",
        "tests/billing/test_paying.py::test_of_two_that_want_the_same_credit_one_gets_it",
        sql="alter table billing_payment drop constraint payment_not_beyond",
    ),
    Guard(
        "a notice of a term is given once",
        "tests/residency/test_stays_terms.py::test_each_notice_is_given_once",
        sql="drop index notice_once; drop index outbox_once",
    ),
]
