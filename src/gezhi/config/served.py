"""The application of a web process that lives long, as granian loads it: it gets itself ready before it is asked."""

from django.conf import settings

from gezhi.config.wsgi import application as wsgi
from gezhi.interfaces.serving.bridge import Application
from gezhi.interfaces.serving.processes import THREADS_PER_WORKER
from gezhi.interfaces.serving.warm_up import warm_up_in_background

__all__ = ["application"]

application = Application(
    wsgi, limits=settings.GEZHI_INTAKE, threads=THREADS_PER_WORKER, stalled=settings.GEZHI_STALLED_SECONDS
)
warm_up_in_background()
