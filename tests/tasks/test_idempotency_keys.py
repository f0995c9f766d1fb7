"""A call's result is found again for thirty days, by its user."""

from datetime import timedelta

from sqlalchemy import Connection

from app.tasks.idempotency_keys import IdempotencyKeys
from tests.tasks.making import NOW


def test_result_is_found_by_its_own_user_and_key(connection: Connection) -> None:
    ann, bob = IdempotencyKeys(connection, "ann"), IdempotencyKeys(connection, "bob")
    ann.record("k", NOW, "ann's")
    bob.record("k", NOW, "bob's")
    ann.record("other", NOW, "")
    assert [ann.result(key) for key in ("k", "other", "none")] == ["ann's", "", None]
    assert [bob.result(key) for key in ("k", "other")] == ["bob's", None]


def test_record_is_kept_for_thirty_days_and_goes_with_a_later_call(connection: Connection) -> None:
    ann, bob = IdempotencyKeys(connection, "ann"), IdempotencyKeys(connection, "bob")
    ann.record("old", NOW, "x")
    bob.record("old", NOW, "x")
    ann.record("at thirty days", NOW + timedelta(days=30), "x")
    assert ann.result("old") == "x"
    ann.record("later", NOW + timedelta(days=30, seconds=1), "x")
    assert ann.result("old") is None
    assert ann.result("at thirty days") == "x"
    assert bob.result("old") == "x"
