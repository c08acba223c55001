"""Services elsewhere that find places by name, by settings alone."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.contexts.places.domain.geocoders import ENDS, AnswerForm, Geocoder
from gezhi.kernel.datum import Datum

_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
_PLACE = re.compile(r"\{([a-z]+)\}")
_MOST_SECONDS = 10


def geocoders(env: Environment) -> tuple[Geocoder, ...]:
    """The services that ``GEZHI_GEOCODERS`` names (``photon,tianditu``), each by its ``GEZHI_GEOCODER_<NAME>_…``.

    Raises ``ImproperlyConfigured`` for one without an address, with a place in it that nothing fills, or of an unknown form.
    """
    return tuple(_geocoder(env, key) for key in dict.fromkeys(env.words("geocoders", default=[])))


def _geocoder(env: Environment, key: str) -> Geocoder:
    if not _KEY.fullmatch(key):
        raise ImproperlyConfigured(f"GEZHI_GEOCODERS: '{key}' is no name (small letters and figures)")
    ours = f"geocoder_{key}_"
    setting = f"GEZHI_{ours.upper()}"
    address = env.text(f"{ours}url", default="")
    parts = urlsplit(address)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ImproperlyConfigured(f"{setting}URL: '{address}' is no address of http or https")
    secret = env.text(f"{ours}key", default="")
    if "{key}" in address and not secret:
        raise ImproperlyConfigured(f"{setting}URL has a place for {{key}}, but {setting}KEY is missing")
    address = address.replace("{key}", quote(secret, safe=""))
    places = set(_PLACE.findall(address))
    if "q" not in places or places - {"q", *ENDS}:
        odd = ", ".join(sorted(places - {"q", *ENDS})) or "none"
        raise ImproperlyConfigured(
            f"{setting}URL needs {{q}}, and may have {{{'}, {'.join(ENDS)}}}; other places: {odd}"
        )
    seconds = env.number(f"{ours}seconds", default=3)
    if not 1 <= seconds <= _MOST_SECONDS:
        raise ImproperlyConfigured(f"{setting}SECONDS: {seconds} is not from 1 to {_MOST_SECONDS}")
    a_minute = env.number(f"{ours}a_minute", default=60)
    if a_minute < 1:
        raise ImproperlyConfigured(f"{setting}A_MINUTE: {a_minute} is less than 1")
    return Geocoder(
        key=key,
        name=env.text(f"{ours}name", default=key),
        address=address,
        form=AnswerForm(_one_of(env, f"{ours}answer", AnswerForm, AnswerForm.GEOJSON)),
        datum=Datum(_one_of(env, f"{ours}datum", Datum, Datum.WGS84)),
        seconds=float(seconds),
        a_minute=a_minute,
    )


def _one_of(env: Environment, name: str, kinds: type[AnswerForm] | type[Datum], default: str) -> str:
    given = env.text(name, default=default).lower()
    if given not in {kind.value for kind in kinds}:
        known = ", ".join(kind.value for kind in kinds)
        raise ImproperlyConfigured(f"GEZHI_{name.upper()}: '{given}' is none of {known}")
    return given
