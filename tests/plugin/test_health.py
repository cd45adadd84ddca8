"""What operators ask: does it live, can it work, how much is there to do."""

from dataclasses import replace

from backorder.db import migrate
from backorder.house import build
from plugin.app import create_app
from tests.plugin.conftest import settings


def test_a_process_that_answers_is_alive(client):
    assert client.get("/healthz").text == "ok\n"


def test_a_process_with_its_books_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_a_process_whose_books_are_not_migrated_says_what_to_run(tmp_path):
    house = build(settings(tmp_path))
    answer = create_app(house).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "promised migrate" in answer.text
    migrate.upgrade(house.db)
    assert create_app(house).test_client().get("/readyz").status_code == 200
    house.db.close()


def test_a_process_without_its_database_is_alive_but_not_ready(tmp_path):
    (tmp_path / "a folder").mkdir()
    house = build(settings(tmp_path, database_url=f"sqlite:///{tmp_path}/a folder"))
    client = create_app(house).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").text == "The database does not answer.\n"
    house.db.close()


def test_a_process_without_its_broker_is_not_ready(house, tmp_path):
    nobody_listens = settings(tmp_path, redis_url="redis://127.0.0.1:1/0")
    answer = create_app(replace(house, settings=nobody_listens)).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "The broker (REDIS_URL) does not answer.\n"


def test_the_figures_of_the_books_can_be_scraped(client):
    text = client.get("/metrics").text
    assert "promised_installed_shops 2.0" in text
    assert 'promised_inbox_deliveries{verdict="waiting"} 0.0' in text
    assert 'promised_outbox_rows{state="parked"} 0.0' in text
    assert 'promised_outbox_rows{state="due"}' in text


def test_figures_name_no_shop(client):
    assert "lamplight" not in client.get("/metrics").text.lower()
