from django.conf import settings
from django.db import models

from gezhi.platform.steps.models import StepRow, hashed


class Room(models.Model):
    name = models.CharField("名称", max_length=60)
    seats = models.PositiveIntegerField("座位数")
    community = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+")


class Booking(models.Model):
    number = models.CharField("编号", max_length=12, unique=True)
    version = models.PositiveIntegerField("版本", default=1)
    status = models.CharField("状态", max_length=12)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings", verbose_name="场地")
    community = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+", verbose_name="社区")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    people = models.PositiveIntegerField("人数")
    came = models.PositiveIntegerField("到场人数", null=True)
    personal_record = models.UUIDField("个人信息记录", null=True)


class BookingStep(StepRow):
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="steps", verbose_name="预约")
    HASHED = hashed("booking_id")
