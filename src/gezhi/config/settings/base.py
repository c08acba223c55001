"""Settings that every deployment shares. Each value that a city may change is read from the environment
(``GEZHI_*``) or from ``settings.toml`` in the data folder; see ``docs/reference/settings.md``."""

from __future__ import annotations

import os
from pathlib import Path

import gezhi
from gezhi.config.environment import Environment
from gezhi.config.geocoders import geocoders
from gezhi.config.identity import https_settings, oidc_application, oidc_providers
from gezhi.config.intake import intake_limits
from gezhi.config.logging import logging_settings
from gezhi.config.mail import mail_settings
from gezhi.config.messages import message_settings, push_services
from gezhi.config.tiles import tile_service
from gezhi.contexts.areas.domain.standards import SUPER_LARGE_HOUSEHOLDS as DEFAULT_SUPER_LARGE_HOUSEHOLDS
from gezhi.platform.files.private_home import keep_private

ENV = Environment.load()
keep_private(ENV.home)
PACKAGE = Path(gezhi.__file__).parent

GEZHI_HOME = ENV.home
# Compiled loops are kept beside their source; where that cannot be written to, in the data folder.
if not os.access(PACKAGE, os.W_OK):
    os.environ.setdefault("NUMBA_CACHE_DIR", str(GEZHI_HOME / "cache" / "compiled"))
SECRET_KEY = ENV.secret_key
DEBUG = ENV.flag("debug", default=False)
ALLOWED_HOSTS = ENV.words("allowed_hosts", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = ENV.words("csrf_trusted_origins", default=[])

DATABASES = {"default": ENV.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *oidc_application(ENV),
    "treebeard",
    "django_tasks",
    "django_tasks_db",
    "gezhi.platform.accounts",
    "gezhi.platform.access",
    "gezhi.platform.audit",
    "gezhi.platform.keys",
    "gezhi.platform.outbox",
    "gezhi.platform.vault",
    "gezhi.platform.commands",
    "gezhi.platform.files",
    "gezhi.platform.jobs",
    "gezhi.platform.work",
    "gezhi.platform.worktime",
    "gezhi.platform.saved_views",
    "gezhi.platform.notices",
    "gezhi.platform.presence",
    "gezhi.platform.retention",
    "gezhi.contexts.areas",
    "gezhi.contexts.ground",
    "gezhi.contexts.organisations",
    "gezhi.contexts.workforce",
    "gezhi.contexts.places",
    "gezhi.contexts.powers",
    "gezhi.contexts.cases",
    "gezhi.contexts.escalation",
    "gezhi.contexts.telling",
    "gezhi.contexts.openfigures",
    "gezhi.interfaces.web",
]

MIDDLEWARE = [
    "gezhi.interfaces.client_address.ClientAddressMiddleware",
    "gezhi.interfaces.guard.GuardMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "gezhi.interfaces.web.middleware.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gezhi.interfaces.web.compressing.CompressingMiddleware",
    "gezhi.interfaces.web.private.PrivateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gezhi.interfaces.signed_in.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gezhi.interfaces.web.middleware.ErrorPageMiddleware",
]

CSRF_FAILURE_VIEW = "gezhi.interfaces.web.refusals.form_not_accepted"
ROOT_URLCONF = "gezhi.config.urls"
WSGI_APPLICATION = "gezhi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the applications' own: the sign-in pages wear the product's clothes.
        "DIRS": [PACKAGE / "interfaces" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gezhi.interfaces.web.context.page",
            ],
        },
    },
]

FORM_RENDERER = "gezhi.interfaces.web.rendering.FormRenderer"
# The page of all components: for those who build, not for the public.
DESIGN_PAGE = ENV.flag("design_page", default=DEBUG)

# Address of the live edge as browsers see it; empty: the next port of this host; "off": none.
LIVE_ORIGIN = ENV.text("live_origin", default="")

# A service of map pictures under the city's own ground, if the city uses one.
GEZHI_TILE_SERVICE = tile_service(ENV)
# Services elsewhere that find places by name, asked only where somebody wants it.
GEZHI_GEOCODERS = geocoders(ENV)

# Tries at passwords and second steps are counted in the first, requests in the second. A full cache forgets what was used
# least lately: whoever comes from very many addresses must not make it forget somebody's wrong tries.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "tries",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    "requests": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "requests",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # What services elsewhere answered, for a day.
    "outside": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "outside",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
}
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "gezhi.platform.accounts.adapter.StaffAccountAdapter"
ACCOUNT_FORMS = {
    "login": "gezhi.interfaces.web.signing_in.SignInForm",
    "reset_password": "gezhi.interfaces.web.signing_in.ResetForm",
    "user_token": "gezhi.interfaces.web.signing_in.ResetKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "gezhi.platform.accounts.second_factors.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Gezhi"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENV.text("time_zone", default="Asia/Shanghai")

STATIC_URL = "static/"
STATIC_ROOT = GEZHI_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Names that carry a hash never change their content: the manifest's, and those of the front end's own chunks.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+(?:\.[0-9a-f]{12}\.[^/]+|/build/chunks/[^/]+)$"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "gezhi.platform.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LOGGING = logging_settings(
    log_format=ENV.text("log_format", default="console"), level=ENV.text("log_level", default="INFO")
)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# A community with more households than this is due to be split.
SUPER_LARGE_HOUSEHOLDS = ENV.number("super_large_households", default=DEFAULT_SUPER_LARGE_HOUSEHOLDS)

# Counts that anybody may see are never smaller than this.
GEZHI_PUBLIC_LEAST = max(2, ENV.number("public_least", default=5))

# Seconds without a sign of life after which the worker of a background run counts as dead.
GEZHI_WORK_SILENCE = ENV.number("work_silence", default=60)

# While debugging, whatever writes after it has published fails where it does so.
GEZHI_HOLD_TO_LAST_WRITE = DEBUG

# Photos go through forms of at most nine; everything else that is sent is small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 4_194_304
FILE_UPLOAD_HANDLERS = [
    "gezhi.interfaces.uploads.UploadGate",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# On the disk of the data folder, and its owner's alone: they are residents' pictures.
FILE_UPLOAD_TEMP_DIR = GEZHI_HOME / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)

# Requests a single address (anonymous) or account may make of the API, and of the pages on which anybody may write:
# number/(s|m|h|d).
GEZHI_RATE_ANONYMOUS = ENV.text("rate_anonymous", default="120/m")
# Far below what a service may be asked by all: nobody uses it up for the others.
GEZHI_RATE_ELSEWHERE = ENV.text("rate_elsewhere", default="10/m")
# Calls come in some minutes apart; a number that was mistyped is typed again.
GEZHI_RATE_NUMBERS = ENV.text("rate_numbers", default="10/m")
# A field that asks 0.2 s after each key, and a map that is moved meanwhile; several people behind one address.
GEZHI_RATE_SEARCH = ENV.text("rate_search", default="600/m")
# Wrong passwords for one account from wherever they come. One address is held to five in five minutes, sixty an hour: so nobody
# makes an account rest for others from one address, and a few addresses together guess no faster than five would.
GEZHI_RATE_WRONG_PASSWORDS = "300/h/key"
GEZHI_RATE_SIGNED_IN = ENV.text("rate_signed_in", default="1200/m")
# How many proxies stand before the server: with HTTPS there is one, since only a proxy speaks it. What a client writes
# into X-Forwarded-For itself is not believed. The address is worked out once (interfaces/client_address.py): the libraries
# below find it in REMOTE_ADDR and must not look further.
GEZHI_PROXIES = ENV.number("proxies", default=1 if ENV.flag("https", default=False) else 0)
NINJA_NUM_PROXIES = 0
ALLAUTH_TRUSTED_PROXY_COUNT = 0

GEZHI_INTAKE = intake_limits(
    ENV, folder=FILE_UPLOAD_TEMP_DIR, plain_bytes=DATA_UPLOAD_MAX_MEMORY_SIZE, proxies=GEZHI_PROXIES
)
# Open connections of one process; seconds in which the head of a request must be there, and in which a reader must take
# something.
GEZHI_CONNECTIONS = ENV.number("connections", default=8_192)
GEZHI_HEADER_SECONDS = ENV.number("header_seconds", default=20)
GEZHI_STALLED_SECONDS = ENV.number("stalled_seconds", default=60)
# Streams of the live edge: of one account at once, and seconds after which one ends and the browser opens the next.
GEZHI_LIVE_STREAMS = ENV.number("live_streams", default=50)
GEZHI_LIVE_SECONDS = ENV.number("live_seconds", default=3_600)

# The city's identity provider, if it has one. An account there enters as the account here that has the same verified
# address; who has none here is not let in: accounts are opened by a system administrator.
SOCIALACCOUNT_PROVIDERS = oidc_providers(ENV)
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_ADAPTER = "gezhi.platform.accounts.adapter.StaffSocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
# Signing in and out by code, and everything that sends mail, only where the city has a mail server.
MAIL_IS_SET_UP: bool
globals().update(mail_settings(ENV))
# Messages to reporters: the address that they name, and the city's SMS gateway.
GEZHI_PUBLIC_URL: str
GEZHI_SMS_URL: str
GEZHI_SMS_KEY: str
globals().update(message_settings(ENV))
GEZHI_PUSH_SERVICES = push_services(ENV)

# A day's work and no more; a browser that is closed forgets.
SESSION_COOKIE_AGE = 12 * 3_600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
globals().update(https_settings(ENV))
