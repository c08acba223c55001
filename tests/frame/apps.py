from django.apps import AppConfig


class FrameConfig(AppConfig):
    name, label = "tests.frame", "frame"

    def ready(self):
        from gezhi.platform.steps.registry import register_kind
        from tests.frame.bookings import BOOKING

        register_kind(BOOKING)
