"""What is too much is not kept while it streams in, and is refused in words."""

from __future__ import annotations

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.interfaces import uploads
from gezhi.interfaces.uploads import MOST_FILES, UploadGate
from gezhi.platform.files.images import MAX_BYTES
from tests.factories.cases import make_town

CHUNK = 64 * 1024


def test_of_a_file_that_is_too_large_no_more_than_the_limit_and_a_chunk_is_let_through():
    gate = UploadGate()
    gate.new_file("photo", "a.jpg", "image/jpeg", None)
    passed = sum(len(gate.receive_data_chunk(b"x" * CHUNK, 0) or b"") for _ in range(400))
    assert MAX_BYTES < passed <= MAX_BYTES + CHUNK


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/report/send", "/api/v1/cases/20260302000001/photos"])
def test_a_large_file_is_refused_and_leaves_nothing_behind(path, tmp_path, monkeypatch, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    make_town()
    large = SimpleUploadedFile("a.jpg", b"x" * (2 * MAX_BYTES), "image/jpeg")
    answer = Client(raise_request_exception=False).post(path, {"photo": large})
    assert answer.status_code in {404, 422}
    del answer
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"), [("/report/send", "text/html"), ("/api/v1/cases/1/photos", "application/problem+json")]
)
def test_more_than_any_form_sends_is_given_up_with_words(path, kind, tmp_path, monkeypatch, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000_000)
    files = [SimpleUploadedFile(f"{number}.jpg", b"x" * 600_000, "image/jpeg") for number in range(3)]
    answer = Client(raise_request_exception=False).post(path, {"photo": files})
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (413, kind)
    assert list(tmp_path.iterdir()) == []


def test_an_announced_flood_is_refused_before_its_first_byte():
    with pytest.raises(uploads.UploadTooLarge):
        UploadGate().handle_raw_input(None, {}, 400_000_000, b"")


@pytest.mark.django_db
def test_more_files_than_a_form_takes_are_not_kept():
    make_town()
    files = [SimpleUploadedFile(f"{number}.jpg", b"x", "image/jpeg") for number in range(60)]
    answer = Client(raise_request_exception=False).post("/report/send", {"photo": files})
    assert answer.status_code == 422
    assert len(answer.wsgi_request.FILES.getlist("photo")) == MOST_FILES
    assert tempfile.gettempdir()
