"""Logs are JSON, tell what happened, and keep secrets."""

import json
import logging

import pytest

from tests.logbook import logbook


def logged(write) -> dict:
    with logbook("test.logs") as book:
        write(logging.getLogger("test.logs"))
    (entry,) = book.entries
    return entry


def test_a_line_break_in_a_value_stays_one_line():
    entry = logged(lambda logger: logger.warning("user %s", "eve\nadmin signed in"))
    assert entry["level"] == "warning"
    assert entry["event"] == "user eve\nadmin signed in"
    assert entry["timestamp"].endswith("Z")


def test_a_traceback_names_places_but_no_values():
    def fail(logger):
        password = "hunter2-canary"  # noqa: S105
        try:
            raise ValueError(len(password))
        except ValueError:
            logger.exception("failed")

    entry = logged(fail)
    assert entry["exception"][0]["exc_type"] == "ValueError"
    assert "hunter2-canary" not in json.dumps(entry)


def test_a_refused_row_is_not_quoted():
    def fail(logger):
        try:
            raise ValueError('duplicate key "user_email_unique"\nDETAIL: Key (email)=(li@a.test)')
        except ValueError:
            logger.exception("failed")

    assert "li@a.test" not in json.dumps(logged(fail))
    assert "user_email_unique" in json.dumps(logged(fail))


def test_long_numbers_of_people_are_left_out_of_tracebacks():
    def fail(logger):
        try:
            int("13912345678 and 11010519491231002X")
        except ValueError:
            logger.exception("failed")

    entry = logged(fail)
    assert "invalid literal" in entry["exception"][0]["exc_value"]
    assert "13912345678" not in json.dumps(entry)
    assert "11010519491231002" not in json.dumps(entry)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/invitations/eyJ0Ijoi:1vAb/", "/invitations/…/"),
        ("/accounts/password/reset/key/1f-d0gx8m-2b7/", "/accounts/password/reset/key/1f-…/"),
        ("/apply/0b1c2d.Sig-nature_x/documents/", "/apply/…/documents/"),
        ("/accounts/confirm-email/MQ:1vAb:xyz/", "/accounts/confirm-email/…/"),
        ("/files/q2x7-77ab-1795625616.i5eeS_maiK-hx/", "/files/…/"),
        ("/o/haihe/files/ykl2x7mqc3/", "/o/haihe/files/ykl2x7mqc3/"),
        ("/o/haihe/orders/", "/o/haihe/orders/"),
    ],
)
def test_the_part_of_an_address_that_lets_somebody_act_is_left_out(path, shown):
    entry = logged(lambda logger: logger.warning("Not Found: %s", path))
    assert entry["event"] == f"Not Found: {shown}"
