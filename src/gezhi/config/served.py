"""The WSGI application of a worker process that lives long: it gets itself ready before it is asked."""

from gezhi.config.wsgi import application
from gezhi.interfaces.serving.warm_up import warm_up_in_background

__all__ = ["application"]

warm_up_in_background()
