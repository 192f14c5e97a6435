"""Every address of the portal. The tenant's slug in ``/o/<tenant>/`` is read by middleware."""

from allauth.mfa.webauthn.views import edit_webauthn, remove_webauthn
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from backbone.views import linked_file
from certificates.views import public as certifying
from foundation.refs import register_refs
from learners.views import public as learning
from members import public
from offices.views import links as rooms
from park_portal import home
from park_portal.language import set_language
from park_portal.metrics import metrics
from payments.hooks import payment_hook
from training.views import invitations, personal

portal: list[URLPattern | URLResolver] = [
    path("", home.portal, name="portal"),
    path("", include("backbone.urls")),
    path("", include("gateway.urls")),
    path("", include("members.urls")),
    path("", include("billing.urls")),
    path("", include("payments.urls")),
    path("", include("certificates.urls")),
    path("", include("residency.urls")),
    path("", include("learners.urls")),
    path("", include("offices.urls")),
    path("", include("leasing.urls")),
    path("", include("training.urls")),
    path("", include("trade.urls")),
]

# Named as the library's own, which have the key's number in them: of two patterns with one name
# the last makes the address.
register_refs("passkey")
passkeys: list[URLPattern | URLResolver] = [
    path("edit/", edit_webauthn, name="mfa_edit_webauthn"),
    path("remove/", remove_webauthn, name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("", home.landing, name="home"),
    path("language/", set_language, name="set_language"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("tenants.urls")),
    path("accounts/", include("allauth.urls")),
    # Without signing in: the link itself says what it opens.
    path("files/<str:token>/", linked_file, name="linked_file"),
    path("accounts/2fa/webauthn/keys/<passkey_ref:pk>/", include(passkeys)),
    path("invitations/<str:token>/", public.invitation, name="invitation"),
    path("apply/", include("residency.public_urls")),
    path("training/", include("training.public_urls")),
    path("doors/<str:token>/", rooms.door, name="door"),
    path("doors/<str:token>/check-in/", rooms.door_check_in, name="door_check_in"),
    path("calendars/<str:token>.ics", rooms.feed, name="booking_feed"),
    path("learning/<str:token>/", learning.consent, name="learner_consent"),
    path("learning/<str:token>/withdrawal/", learning.withdrawal, name="learner_withdrawal"),
    path("verify/", certifying.verify, name="verify"),
    path("verify/<str:number>/", certifying.verify_number, name="verify_number"),
    path("certificates/<str:token>/", certifying.own_certificate, name="own_certificate"),
    path("certificates/<str:token>/paper/", certifying.own_paper, name="own_certificate_paper"),
    path("attend/<str:code>/", personal.training_check_in, name="training_check_in"),
    path("seats/<str:token>/", personal.training_seat, name="training_seat"),
    path("seats/<str:token>/feedback/", personal.training_feedback, name="training_feedback"),
    path("guests/<str:token>/", invitations.training_guest, name="training_guest"),
    path(
        "guests/<str:token>/answer/",
        invitations.training_guest_answer,
        name="training_guest_answer",
    ),
    path("hooks/payments/<slug:provider>/", payment_hook, name="payment_hook"),
    path("mailbox/", include("backbone.mailbox")),
    path("staff/", admin.site.urls),
    path("", include("park_portal.api")),
    path("o/<slug:tenant>/", include(portal)),
]

handler400 = "park_portal.errors.bad_request"
handler403 = "park_portal.errors.forbidden"
handler404 = "park_portal.errors.not_found"
handler429 = "park_portal.errors.too_many"
handler500 = "park_portal.errors.server_error"
