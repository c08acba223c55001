"""The suite's settings: those for tests, and a second kind of thing with a life beside cases (``tests/frame``)."""

from gezhi.config.settings.test import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.frame.apps.FrameConfig"]
