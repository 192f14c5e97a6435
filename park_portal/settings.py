"""Settings, from the environment. Nothing set means the demo on embedded servers.

PORTAL_MODE is ``demo`` (default), ``test`` or ``production``; production refuses to start on a
default secret, with debug on, or with a database role that could bypass row-level security
(``park_portal.production``).
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from backbone.schedule import BEAT_SCHEDULE
from park_portal.embedded import paths
from park_portal.logs import LOGGING_SETTINGS, configure_structlog

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DEFAULT_SECRET = "demo-only-secret-do-not-use-in-production"  # noqa: S105

PORTAL_MODE = env.str("PORTAL_MODE", default="demo")
PRODUCTION = PORTAL_MODE == "production"
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET)
# Earlier ones: what they signed and encrypted is read, nothing new is made with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Turns ids into refs (foundation.refs). Not set, SECRET_KEY does.
REFS_KEY = env.str("REFS_KEY", default="")
# Seals the trail, and is kept as well. Not set, SECRET_KEY does it.
TRAIL_KEY = env.str("TRAIL_KEY", default="")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address people use, for links in mails and PDFs.
PORTAL_URL = env.str("PORTAL_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")

INSTALLED_APPS = [
    "tenants",
    "backbone",
    "gateway",
    "members",
    "spaces",
    "ledger",
    "banking",
    "billing",
    "reconciliation",
    "payments",
    "certificates",
    "residency",
    "learners",
    "offices",
    "leasing",
    "training",
    "trade",
    "reporting",
    "park_portal.apps.ParkPortalConfig",
    "unfold.apps.BasicAppConfig",
    "park_portal.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "park_portal.browser_walls.HeadersMiddleware",
    "park_portal.health.HealthMiddleware",
    # Before whatever reads the request: sessions, logs, CSRF.
    "park_portal.text.TextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "park_portal.plain_http.PlainHttpMiddleware",
    "park_portal.methods.MethodMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "park_portal.request_log.RequestLog",
    "park_portal.metrics.MetricsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # One transaction around the whole response, the tenant set inside it.
    "tenants.middleware.TenantMiddleware",
    "tenants.sessions.SessionLimits",
    "park_portal.standing.StandingMiddleware",
    "park_portal.language.LanguageMiddleware",
    "park_portal.errors.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "park_portal.urls"
WSGI_APPLICATION = "park_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "park_portal.context_processors.shell",
            ],
            "builtins": ["park_portal.templatetags.portal"],
        },
    }
]

FORM_RENDERER = "park_portal.forms.PortalRenderer"

# -- database --------------------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(env.db_url_config(url))
    config["HOST"] = unquote(config["HOST"])
    config["ENGINE"] = "tenants.isolation.postgresql"
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    options = config.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    # A query of a worker that was killed ends too, instead of running on beside its repetition.
    options.setdefault("options", "-c client_connection_check_interval=1000")
    return config


EMBEDDED = "DATABASE_URL" not in env.ENVIRON
DATABASES = {
    "default": _database(env.str("DATABASE_URL", default="") or paths.database_url("portal_app")),
}
# Where DATABASE_URL leads through a pooler that shares connections between transactions: the
# same database past it, for what must outlast a transaction (the lock of a running job).
_direct_url = env.str("DATABASE_DIRECT_URL", default="")
if _direct_url:
    DATABASES["direct"] = _database(_direct_url)
# The owner's connection: migrations only. The web and the workers are started without it.
_owner_url = env.str("DATABASE_OWNER_URL", default="")
if EMBEDDED or _owner_url:
    DATABASES["owner"] = _database(_owner_url or paths.database_url("portal_owner"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Redis: broker, cache --------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="") or paths.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"serializer": "park_portal.cache.JsonSerializer"},
    }
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or (
    env.str("REDIS_URL", default="") or paths.celery_broker_url()
)
CELERY_TASK_IGNORE_RESULT = True
# Long jobs wait in a queue of their own: mail, notices and the relay never stand behind them.
CELERY_TASK_ROUTES = {"backbone.run_job": {"queue": "jobs"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1700
# A task of a killed worker comes back after this time; above the longest a task may run.
# A request that tells the workers of something asks a broker that is away once more, at once, and
# goes on: what it would have told is in the database, and beat finds it. Kombu's own way is to
# wait about six seconds, in each request. (Workers and beat wait for their broker as ever.)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_VISIBILITY_TIMEOUT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {**BEAT_SCHEDULE}

# -- people and sessions ---------------------------------------------------------------------

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["tenants.accounts.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_DJANGOS = "django.contrib.auth.password_validation."
# No rules about kinds of characters and no expiry. CommonPasswordValidator holds the 20,000
# commonest passwords of public breaches, so no other machine is asked.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": _DJANGOS + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email", "mobile")},
    },
    {"NAME": _DJANGOS + "MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "tenants.passwords.LengthLimit", "OPTIONS": {"longest": 128}},
    {"NAME": _DJANGOS + "CommonPasswordValidator"},
    {"NAME": "tenants.passwords.GuessableWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tenants.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "park_portal.account_forms.LoginForm",
    "user_token": "tenants.doors.ResetLinkForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = None
# Guessing limits count by address: behind a proxy that is the one the proxy writes down.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if PRODUCTION else 0)
# What was right is not counted, and a device that the account knows has tries of its own
# (tenants.guessing): nobody is kept out of their own account for long. A park may share one
# address, so its limits leave room for a Monday morning.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "5/5m/key",
    "passkey_failed": "10/10m/key",
    "reset_link_failed": "10/10m/key",
    "invitation_link_failed": "10/10m/key",
    "application_link_failed": "10/10m/key",
    # Each begins with a mail to an address that nobody has proved to be theirs.
    "application_begun": "10/h/ip,30/d/ip,3/h/key",
    "application_upload": "120/h/key",
    "learner_link_failed": "10/10m/key",
    "certificate_link_failed": "10/10m/key",
    "check_in_failed": "10/10m/key",
    "seat_link_failed": "10/10m/key",
    "guest_link_failed": "10/10m/key",
    "certificate_unknown": "10/10m/key",
    "wrong_by_address": "10/m/ip,100/h/ip",
    "reset_password": "20/m/ip,5/10m/key",
    "change_password": "5/5m/user",
}
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
KNOWN_DEVICE_COOKIE = "__Host-device" if PRODUCTION else "device"
# Addresses, second factors and keys are changed by whoever gave a password or a second factor
# within the last quarter of an hour.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Park staff without a second factor reach nothing.
STAFF_NEED_SECOND_FACTOR = env.bool("STAFF_NEED_SECOND_FACTOR", default=PRODUCTION)
MFA_ADAPTER = "tenants.second_factors.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "park_portal.account_forms.AddKeyForm",
    "edit_webauthn": "park_portal.account_forms.EditKeyForm",
    "authenticate": "tenants.doors.CodeForm",
    "reauthenticate": "tenants.doors.CodeAgainForm",
    "authenticate_webauthn": "tenants.doors.KeyForm",
    "reauthenticate_webauthn": "tenants.doors.KeyAgainForm",
    "login_webauthn": "tenants.doors.PasskeyForm",
}
MFA_TOTP_ISSUER = "Park Portal"
# Passkeys need a secure origin; the demo on localhost counts as one.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# A session ends two weeks after the sign-in, in use or not. One of the park's staff ends earlier
# when nobody has touched it for half a day: it reads across organisations.
SESSION_COOKIE_AGE = 14 * 24 * 3600
STAFF_SESSION_IDLE = 12 * 3600
# How long the people of an organisation that left the park read and take their data along.
READ_ONLY_DAYS_AFTER_LEAVING = env.int("READ_ONLY_DAYS_AFTER_LEAVING", default=90)

# Leases: from when on two people approve one (leasing/approval_rules.py), and how long the units of
# one that waits for its signature are held.
LEASE_SECOND_APPROVAL_TOTAL = env.int("LEASE_SECOND_APPROVAL_TOTAL", default=500_000)
LEASE_RENT_FREE_MONTHS = env.int("LEASE_RENT_FREE_MONTHS", default=3)
LEASE_BELOW_LIST_PERCENT = env.int("LEASE_BELOW_LIST_PERCENT", default=10)
LEASE_DEPOSIT_MONTHS = env.int("LEASE_DEPOSIT_MONTHS", default=2)
LEASE_TERM_YEARS = env.int("LEASE_TERM_YEARS", default=5)
LEASE_HOLD_DAYS = env.int("LEASE_HOLD_DAYS", default=14)
# Payment providers, in the order in which they are offered, and the secret of each. The practice
# provider stands for a real one in demos; production refuses it.
PARK_PAYMENT_PROVIDERS = env.list(
    "PARK_PAYMENT_PROVIDERS", default=[] if PRODUCTION else ["offline"]
)
PARK_PAYMENT_SECRETS: dict[str, str] = env.dict("PARK_PAYMENT_SECRETS", default={})
if not PRODUCTION:
    PARK_PAYMENT_SECRETS.setdefault("offline", f"practice payments {SECRET_KEY}")
# How long the personal link of a certificate works.
CERTIFICATE_LINK_DAYS = env.int("CERTIFICATE_LINK_DAYS", default=90)
# The UEN that takes PayNow for the park; bills in SGD have a code to scan where it is set.
PARK_PAYNOW_UEN = env.str("PARK_PAYNOW_UEN", default="")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# No cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- languages, zones, formats ---------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["foundation.formats"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# -- files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(paths.STATE / "media")))
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Each test has browsers of its own, and the list of all files takes longer than most tests.
WHITENOISE_AUTOREFRESH = PORTAL_MODE == "test"
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": _static
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
PDF_FONT_DIR = Path(env.str("PDF_FONT_DIR", default=str(paths.FONTS)))
# How long a link to a file works without signing in.
FILE_LINK_MINUTES = env.int("FILE_LINK_MINUTES", default=15)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "backbone.uploads.BodyLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# -- mail ------------------------------------------------------------------------------------

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "backbone.mailbox.MailboxBackend",
)
if PRODUCTION:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Park Portal <portal@park.example>")

# -- calls to addresses that people set (foundation.safe_http) -----------------------------------

SAFE_HTTP_SCHEMES = env.list("SAFE_HTTP_SCHEMES", default=["https"])
SAFE_HTTP_PORTS = env.list("SAFE_HTTP_PORTS", cast=int, default=[443, 80, 8443])
# The park's own hosts, which may have private addresses: ``host``, or ``host:port`` to open
# another port on it.
SAFE_HTTP_ALLOWED_HOSTS = env.list("SAFE_HTTP_ALLOWED_HOSTS", default=[])

# -- browser walls ---------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Only what a template names. Pages with scripts of others add to it: park_portal.errors,
        # park_portal.staff_site.
        "script-src": [NONCE],
        # Progress bars and charts set widths and heights on elements.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
_UNUSED_POWERS = (
    "camera",
    "display-capture",
    "geolocation",
    "microphone",
    "midi",
    "payment",
    "usb",
)
# Unless the view says otherwise.
HEADERS_OF_EVERY_ANSWER = {
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in _UNUSED_POWERS),
}
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # Refused instead: park_portal.plain_http.
    SECURE_REDIRECT_EXEMPT = [r"^api/v1/"]
    # What a client says of itself counts only where a proxy overwrites it.
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_SECURE = True
    LANGUAGE_COOKIE_NAME = "__Host-language"
    KNOWN_DEVICE_COOKIE = "__Host-device"

# -- the API -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["gateway.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["gateway.scopes.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gateway.parsers.BoundedJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "gateway.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Park Portal",
    "VERSION": "1",
    "DESCRIPTION": _("For programs of the park's organisations. Keys are made in the portal."),
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.0",
    "ENUM_NAME_OVERRIDES": {"SessionStateEnum": "training.models.SessionState"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "gateway.schema.close_objects",
    ],
}
# For each organisation, over all its keys; and for each address that sends keys nobody has.
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=600)
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", default=60)
API_BAD_KEYS_PER_MINUTE = env.int("API_BAD_KEYS_PER_MINUTE", default=30)
# Bytes of a body without a file.
API_LARGEST_JSON = 1024 * 1024

# -- logs and figures ------------------------------------------------------------------------

LOGGING = LOGGING_SETTINGS
configure_structlog()
# /metrics answers only to this bearer token; without one it does not exist.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# -- what the law wants in the footer; nothing set shows nothing --------------------------------

ICP_NUMBER = env.str("ICP_NUMBER", default="")
PSB_NUMBER = env.str("PSB_NUMBER", default="")

# -- staff site ------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": _("Park staff"),
    "SITE_HEADER": _("Park Portal"),
    "SITE_SYMBOL": "domain",
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_URL": None,
    "STYLES": [lambda request: static("staff.css")],
    "SCRIPTS": [lambda request: static("staff-boxes.js")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}
    ],
    "DASHBOARD_CALLBACK": "park_portal.dashboard.staff_home",
    "SIDEBAR": {"navigation": "park_portal.navigation.staff_sidebar"},
    # Password and second factor are changed on the portal's own pages, for everybody alike.
    "ACCOUNT": {
        "navigation": [
            {"title": _("Password"), "link": reverse_lazy("account_change_password")},
            {"title": _("Two-step sign-in"), "link": reverse_lazy("mfa_index")},
            {"title": _("Where you are signed in"), "link": reverse_lazy("usersessions_list")},
        ]
    },
    "COLORS": {
        "primary": {
            "50": "#eef6fd",
            "100": "#d8eafa",
            "200": "#b4d5f5",
            "300": "#84b9ec",
            "400": "#6cb2ff",
            "500": "#3d8fe0",
            "600": "#0a5fb4",
            "700": "#084d93",
            "800": "#073f77",
            "900": "#06325f",
            "950": "#041f3b",
        }
    },
}
