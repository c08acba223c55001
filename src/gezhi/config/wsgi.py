"""Django as WSGI, which costs half of ASGI (docs/adr/0001). ``served.py`` puts it behind the event loop."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")
application = get_wsgi_application()
