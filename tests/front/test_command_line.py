import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from backorder import install, reconcile, restore, verify
from backorder.clock import transport_now
from backorder.db import differences, inbox, reconciliations, shops
from backorder.db.differences import Difference
from backorder.house import build
from backorder.rules.causes import Cause, Explained, Kind, Repair
from promised.alone import Alone
from promised.cli import main
from tests.front.conftest import COMMANDS
from tests.servers import free_port
from tests.webhooks.cast import BOBS, LAMPLIGHT, LEVEL, settings
from tests.webhooks.mailroom import arrives, became


@pytest.fixture
def books(surroundings, capsys):
    """The migrated books that the commands work on."""
    assert main(["migrate"]) == 0
    capsys.readouterr()
    house = build(settings(surroundings["DATABASE_URL"]))
    with house.db.write() as tx:
        shops.install(tx, LAMPLIGHT, transport_now())
        shops.install(tx, BOBS, transport_now())
    yield house
    house.http.close()
    house.db.close()


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    named = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    assert set(COMMANDS) <= set(named)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"promised {command}" in capsys.readouterr().out


def test_no_command_is_a_question_not_a_crash(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_missing_settings_end_the_start_with_a_sentence_each(surroundings, monkeypatch, capsys):
    for name in ("SHOPIFY_API_SECRET", "SECRET_KEY"):
        monkeypatch.delenv(name)
    assert main(["migrate"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in said] == ["SHOPIFY_API_SECRET", "SECRET_KEY"]
    assert all(".env" in line for line in said)


def test_a_wrong_setting_is_named_with_what_it_should_be(surroundings, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "mysql://db/promised")
    assert main(["serve"]) == 2
    assert "DATABASE_URL" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["web", "worker", "beat"])
def test_processes_that_share_work_need_a_database_and_a_queue_to_share(surroundings, capsys, command):
    assert main([command]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in said] == ["REDIS_URL", "DATABASE_URL"]
    assert all("promised serve" in line for line in said)


def test_migrating_twice_is_migrating_once(surroundings, capsys):
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out.count("up to date") == 2


def test_verify_shows_what_it_counted_and_holds_on_fresh_books(books, capsys):
    assert main(["verify"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Proved at ")
    assert "revision" in said[0]
    assert said[1] == f"Shops: {LAMPLIGHT}, {BOBS}."
    assert all(line.startswith("holds ") for line in said[2:-1])
    assert said[-1].startswith(f"{len(said) - 3} invariants in ")
    assert said[-1].endswith(" places: all hold.")


def test_verify_prints_its_certificate_as_json_on_request(books, capsys):
    assert main(["verify", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["holds"] is True
    assert said["shops"] == [LAMPLIGHT, BOBS]
    assert all(check["holds"] and check["broken"] == [] for check in said["checks"])


def test_who_has_read_enough_hears_no_more_and_is_told_nothing_of_the_books(books, capsys, monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as out:
        monkeypatch.setattr("sys.stdout", out)
        assert main(["verify"]) == 141, "not 1: nothing is broken"
    assert "Traceback" not in capsys.readouterr().err


def test_an_errand_that_is_interrupted_ends_with_a_sentence(books, capsys, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "verify", interrupted)
    assert main(["verify"]) == 130
    assert capsys.readouterr().err == "Interrupted. What was done until then is kept.\n"


def test_verify_ends_with_1_when_an_invariant_is_broken(books, capsys, monkeypatch):
    broken = verify.Check("no lot gives more than it holds", 2, ("Lot 7 gave 5 of 3 units.",))
    monkeypatch.setattr(verify, "verify", lambda *_: verify.Certificate((broken,)))
    assert main(["verify"]) == 1
    said = capsys.readouterr().out
    assert "BROKEN" in said
    assert "Lot 7 gave 5 of 3 units." in said


def compared(books, monkeypatch, drift, rows=()):
    """Comparisons that find this; the shops that are asked."""
    asked = []

    def found(house, shop_id, _now):
        asked.append(shop_id)
        with house.db.write() as tx:
            reconciliations.ask(tx, shop_id, reconcile.Why.COMMAND, "operator", transport_now())
            run = reconciliations.take(tx, shop_id, transport_now())
            reconciliations.end(tx, shop_id, run.run_id, transport_now())
            differences.keep(tx, shop_id, run.run_id, rows, before=0)
        return replace(run, drift=drift)

    monkeypatch.setattr(reconcile, "reconcile", found)
    return asked


def test_one_shop_can_be_chosen_by_its_domain(books, capsys, monkeypatch):
    asked = compared(books, monkeypatch, reconcile.Drift(orders_read=7))
    assert main(["reconcile"]) == 0
    assert main(["reconcile", "--shop", BOBS]) == 0
    assert main(["reconcile", BOBS]) == 0
    assert asked == [1, 2, 2, 2]
    said = capsys.readouterr().out
    assert f"{BOBS}: 0 differences mended" in said
    assert "read 7 orders" in said


def test_what_differed_is_told_line_by_line_with_a_status_of_its_own(books, capsys, monkeypatch):
    why = Explained(Cause.NOT_UNDERSTOOD, Repair.READ_AGAIN, "It names no item.")
    row = Difference(Kind.LEVEL, 11, "Lamp at Warehouse", "3 available", "4 available", why)
    compared(books, monkeypatch, reconcile.Drift(levels_changed=2, effects_missing=1, unexplained=1), [row])
    assert main(["reconcile", BOBS]) == 3
    first, more, total = capsys.readouterr().out.splitlines()[-3:]
    assert first == (
        "level      Lamp at Warehouse: the store says 3 available, the books said 4 available. Its webhook has come and could not be "
        "understood. (It names no item.) Read again and put right."
    )
    assert more.strip() == "2 more, which are counted only."
    assert total.endswith("Nothing explains 1 of them. 1 changes of ours are not in the store.")
    assert main(["reconcile", BOBS, "--json"]) == 3
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["shop"], said["counts"]["levels_changed"]) == (BOBS, 2)
    assert said["differences"][0]["cause"] == "not understood"


def test_books_are_rebuilt_only_into_an_empty_database_that_can_be_one(books, capsys, tmp_path):
    assert main(["rebuild", LAMPLIGHT, "--into", "redis://nowhere"]) == 2
    assert "--into: use sqlite:///path" in capsys.readouterr().err
    assert main(["rebuild", LAMPLIGHT, "--into", books.settings.database_url]) == 2
    assert "There are books in that database already" in capsys.readouterr().err
    assert main(["rebuild", LAMPLIGHT, "--into", f"sqlite:///{tmp_path / 'other.db'}"]) == 1
    assert LAMPLIGHT in capsys.readouterr().err


def test_a_shop_without_the_app_is_said_to_be_one(books, capsys):
    assert main(["verify", "--shop", "carols.myshopify.com"]) == 2
    assert "not installed in carols.myshopify.com" in capsys.readouterr().err


def test_a_store_that_cannot_be_asked_is_a_sentence_and_status_1(books, capsys):
    assert main(["reconcile", "--shop", LAMPLIGHT]) == 1
    said = capsys.readouterr()
    assert LAMPLIGHT in said.err
    assert "Traceback" not in said.err


def test_replay_lets_kept_webhooks_be_understood_again(books, capsys):
    number = arrives(books, "inventory_levels/update", LEVEL)
    with books.db.write() as tx:
        inbox.settle(tx, number, inbox.Verdict.PARKED, transport_now(), "it failed")
    assert main(["replay", str(number)]) == 0
    assert became(books, number) == ("waiting", None)


def test_replay_says_what_it_cannot_replay(books, capsys):
    assert main(["replay", "4711"]) == 1
    assert "4711" in capsys.readouterr().err


def test_replay_takes_all_or_those_of_a_shop_a_topic_a_time(books, capsys):
    numbers = [arrives(books, topic, LEVEL) for topic in ("inventory_levels/update", "inventory_levels/connect")]
    later = (transport_now() + timedelta(days=1)).date().isoformat()
    for chosen, expected in (
        (["--all"], 2),
        (["--topic", "inventory_levels/update"], 1),
        (["--shop", LAMPLIGHT, "--since", "2026-01-01T00:00"], 2),
        (["--shop", BOBS], 0),
        (["--since", later], 0),
    ):
        with books.db.write() as tx:
            for number in numbers:
                inbox.settle(tx, number, inbox.Verdict.DONE, transport_now())
        assert main(["replay", *chosen]) == 0
        assert capsys.readouterr().out == f"{expected} will be understood again.\n"


def test_replay_says_how_many_bodies_are_gone(books, capsys):
    number = arrives(books, "inventory_levels/update", LEVEL)
    arrives(books, "inventory_levels/connect", LEVEL)
    with books.db.write() as tx:
        inbox.settle(tx, number, inbox.Verdict.DONE, transport_now())
        inbox.drop_bodies(tx, transport_now() + timedelta(seconds=1), 9)
    assert main(["replay", "--all"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 will be understood again.",
        "1 more were chosen, and their bodies were dropped.",
    ]


def test_replay_since_no_moment_says_what_one_looks_like(capsys):
    with pytest.raises(SystemExit):
        main(["replay", "--since", "yesterday"])
    assert "'yesterday' is no moment like 2026-11-23 or 2026-11-23T09:00" in capsys.readouterr().err


def test_replay_of_nothing_in_particular_asks_which(books, capsys):
    assert main(["replay"]) == 2
    assert "--all" in capsys.readouterr().err


def test_borrowed_policies_are_given_back_and_counted(books, capsys, monkeypatch):
    back = {1: restore.GivenBack(returned=3, owed=0), 2: restore.GivenBack(returned=1, owed=1)}
    monkeypatch.setattr(restore, "restore", lambda _house, shop_id, **_: back[shop_id])
    assert main(["restore", "--shop", LAMPLIGHT]) == 0
    assert (
        f"{LAMPLIGHT}: selling on backorder is off; 3 of 3 borrowed policies are given back." in capsys.readouterr().out
    )
    assert main(["restore", "--all"]) == 1
    assert "1 of 2 borrowed policies are given back. The rest is tried again by the workers." in capsys.readouterr().out


def test_who_types_restore_to_bring_a_backup_back_ends_nobodys_selling(books, capsys):
    assert main(["restore"]) == main(["restore", "--all", "--shop", LAMPLIGHT]) == 2
    assert (
        "--shop DOMAIN, or --all. How a backup is brought back stands in docs/operations.md." in capsys.readouterr().err
    )
    with books.db.read() as tx:
        assert all(shop.terms.get("selling", True) for shop in shops.installed(tx))


def test_a_shop_is_left_and_come_back_to_and_what_is_owed_is_written_once(books, capsys, tmp_path):
    sheet = tmp_path / "owed.csv"
    assert main(["leave", LAMPLIGHT, "--look"]) == 0
    assert "holds 0, policies 0" in capsys.readouterr().out
    assert main(["leave", LAMPLIGHT, "--owed", str(sheet)]) == 0
    assert f"{LAMPLIGHT}: everything is given back." in capsys.readouterr().out
    assert sheet.read_text(encoding="utf-8").startswith("\ufeffOrder,Customer,E-mail,")
    assert main(["leave", LAMPLIGHT, "--owed", str(sheet)]) == 2
    assert "owed.csv cannot be written: File exists." in capsys.readouterr().err
    assert main(["leave", LAMPLIGHT, "--look", "--owed", "-"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("\ufeffOrder,")
    assert said.out.count("\n") == 1
    with books.db.read() as tx:
        assert [shop.has_left for shop in shops.installed(tx)] == [True, False]
    assert main(["leave", LAMPLIGHT, "--back"]) == 0
    assert main(["leave", LAMPLIGHT, "--back"]) == 0
    assert "the app had not left" in capsys.readouterr().out
    assert main(["leave", "nobody.myshopify.com"]) == 2


def test_a_shop_is_exported_into_a_folder_of_its_own_after_it_has_uninstalled_too(books, capsys, tmp_path):
    folder = tmp_path / "lamplight"
    assert install.leave(books, LAMPLIGHT, None, transport_now())
    assert main(["export", LAMPLIGHT, "--into", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(folder / name) for name in EXPORTED]
    assert folder.stat().st_mode & 0o777 == 0o700, "customers' addresses are for whoever asked for them"
    assert json.loads((folder / "settings.json").read_text())["shop"] == LAMPLIGHT
    assert main(["export", BOBS, "--into", str(folder)]) == 2
    assert f"{folder} is not empty: name a new folder." in capsys.readouterr().err
    assert main(["export", "carols.myshopify.com", "--into", str(tmp_path / "carols")]) == 2
    assert "The books know no shop carols.myshopify.com." in capsys.readouterr().err
    assert not (tmp_path / "carols").exists()


def test_books_move_into_an_empty_database_while_nobody_works_at_them(books, surroundings, capsys, tmp_path):
    new = f"sqlite:///{tmp_path}/new.db"
    holder = Alone(tmp_path / "books.db")
    assert main(["move", "--into", new]) == 1
    assert "Another `promised serve` works on" in capsys.readouterr().err
    holder.leave()
    assert main(["move", "--into", "redis://nowhere"]) == 2
    assert main(["move", "--into", f"postgresql://promised:hunter2@127.0.0.1:{free_port()}/promised"]) == 1
    assert "See whether both databases run and --into names the new one." in capsys.readouterr().err
    assert main(["move", "--into", new]) == 0
    said = capsys.readouterr().out
    assert said.endswith("rows are there. Set DATABASE_URL to it, and let no process work at the old books any more.\n")
    moved = build(settings(new))
    with moved.db.read() as tx:
        assert [shop.domain for shop in shops.installed(tx)] == [LAMPLIGHT, BOBS]
    moved.http.close()
    moved.db.close()
    assert main(["move", "--into", surroundings["DATABASE_URL"]]) == 2
    assert "Something is kept in that database already" in capsys.readouterr().err


EXPORTED = ("owed.csv", "promises.csv", "purchase-orders.csv", "suppliers.csv", "variants.csv", "settings.json")
ERRANDS = (
    ["verify"],
    ["reconcile"],
    ["restore", "--all"],
    ["replay", "--all"],
    ["leave", LAMPLIGHT],
    ["export", LAMPLIGHT, "--into", "exported"],
)


@pytest.mark.parametrize("errand", [*ERRANDS, ["migrate"], ["serve"]], ids=" ".join)
def test_an_errand_whose_database_is_away_is_not_done_and_says_so(surroundings, monkeypatch, capsys, errand):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://promised:hunter2@127.0.0.1:{free_port()}/promised")
    assert main(errand) == 1
    said = capsys.readouterr().err
    assert "DATABASE_URL names it" in said
    assert "Traceback" not in said
    assert "hunter2" not in said


@pytest.mark.parametrize("errand", ERRANDS, ids=" ".join)
def test_an_errand_on_books_that_are_not_migrated_says_what_to_do_first(surroundings, capsys, tmp_path, errand):
    (tmp_path / "books.db").touch()
    assert main(errand) == 1
    assert "run `promised migrate`" in capsys.readouterr().err


@pytest.mark.parametrize("errand", [["check"], *ERRANDS], ids=" ".join)
def test_a_mistyped_path_is_named_and_no_books_are_made_there(surroundings, monkeypatch, capsys, tmp_path, errand):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/mistyped/books.db")
    assert main(errand) == 1
    assert f"There are no books at {tmp_path}/mistyped/books.db: correct DATABASE_URL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "check", "migrate", "verify"])
def test_a_file_that_is_no_database_is_named_and_left_as_it_is(surroundings, capsys, command):
    file = Path(surroundings["DATABASE_URL"].removeprefix("sqlite:///"))
    file.write_text("the merchant's own notes")
    assert main([command]) == 1
    assert f"{file} is no SQLite database" in capsys.readouterr().err
    assert file.read_text() == "the merchant's own notes"
