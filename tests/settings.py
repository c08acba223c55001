"""The suite's settings: those for tests, and a second kind of thing with a life beside cases (``tests/frame``), and a look at
every answer of the API."""

from gezhi.config.settings.test import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.frame.apps.FrameConfig"]
# Innermost: it sees an answer as the view made it.
MIDDLEWARE = [*MIDDLEWARE, "tests.factories.declared.DeclaredAnswers"]
