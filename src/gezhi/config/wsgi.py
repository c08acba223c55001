"""Django as WSGI: served on threads by granian (measured to cost half of ASGI, docs/adr/0001)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")
application = get_wsgi_application()
