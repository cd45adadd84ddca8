"""The command line. ``promised --help`` says what there is; every command says what it needs."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from signal import SIGINT, SIGPIPE

from backorder import failpoint
from backorder.config import Settings, SettingsError, read_settings
from promised import heap
from promised.hush import secrets_of
from promised.refusal import CannotStart
from promised.voice import speak

INTERRUPTED, READER_GONE = 128 + SIGINT, 128 + SIGPIPE

Command = Callable[[Settings, argparse.Namespace], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; with sentences on stderr 2 if the settings do not allow it, 1 if the place.

    As of any program 130 if it was interrupted, and 141 if whoever read what it prints has gone away: neither says how the books are.
    """
    heap.seldom()
    asked = parser().parse_args(arguments)
    try:
        return _run(asked)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # What could not be printed must not be tried again when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except KeyboardInterrupt:
        print("Interrupted. What was done until then is kept.", file=sys.stderr)
        return INTERRUPTED


def _run(asked: argparse.Namespace) -> int:
    """Run a command, and print all that it said."""
    if asked.command is None:
        return int(asked.alone(asked))
    settings = read_settings()
    _arm(settings)
    speak(secrets_of(settings))
    status: int = asked.command(settings, asked) or 0
    sys.stdout.flush()
    return status


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    whole = argparse.ArgumentParser(
        prog="promised",
        description="Backorders for Shopify that keep their word.",
        epilog="Settings come from the environment and .env; .env.example says what each line means.",
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, does: str, command: Command | None) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=does, description=does)
        one.set_defaults(command=command)
        return one

    all_in_one = add("serve", "Migrate, then run web, worker and beat in one process on PORT.", _serve)
    all_in_one.add_argument(
        "--without-workers", action="store_true", help="have pages and keep webhooks, and do nothing about them yet"
    )
    add("web", "Serve requests on PORT, over PostgreSQL and Redis.", _web)
    add("worker", "Work at the queue, over PostgreSQL and Redis.", _worker)
    add("beat", "Tick for the workers. One of these is enough.", _beat)
    add("migrate", "Bring the database to this version.", _migrate)
    add("check", "Say what is missing or wrong here, shop by shop; status 1 if something must be mended.", _check)
    compare = add(
        "reconcile",
        "Compare our books with the store's now, mend them, and say what differed and why; status 3 if anything did.",
        _reconcile,
    )
    compare.add_argument("domain", metavar="SHOP", nargs="?", help="only this myshopify.com domain")
    compare.add_argument("--json", action="store_true", help="print the differences as JSON")
    anew = add(
        "rebuild",
        "Make a shop's books anew in an empty database and compare them with the live ones; status 3 if they differ.",
        _rebuild,
    )
    anew.add_argument("domain", metavar="SHOP", help="the myshopify.com domain of the shop")
    anew.add_argument("--into", metavar="URL", required=True, help="an empty database, like sqlite:///var/rebuilt.db")
    anew.add_argument("--json", action="store_true", help="print the comparison as JSON")
    elsewhere = add("move", "Copy all books into another, empty database, while no process works at them.", _move)
    elsewhere.add_argument("--into", metavar="URL", required=True, help="like postgresql://user:password@host/name")
    out = add(
        "export",
        "Write what a shop's customers are owed and were promised, its purchasing and its settings as files.",
        _export,
    )
    out.add_argument("domain", metavar="SHOP", help="its myshopify.com domain; it may have uninstalled the app")
    out.add_argument("--into", metavar="FOLDER", required=True, help="a new or an empty folder")
    give_back = add("restore", "Switch selling on backorder off and give every borrowed policy back now.", _restore)
    give_back.add_argument("--all", action="store_true", help="in every shop")
    go = add("leave", "Take holds, policies, metafields and tags back out of one shop's store now.", _leave)
    go.add_argument("shop", metavar="SHOP", help="its myshopify.com domain")
    go.add_argument("--look", action="store_true", help="change nothing; say what is there and what customers are owed")
    go.add_argument("--back", action="store_true", help="come back instead: let the app work for the shop again")
    go.add_argument(
        "--owed", metavar="FILE", help="write what customers are owed to this file as CSV; - prints it alone"
    )
    prove = add("verify", "Prove the invariants on the live database; status 1 if one is broken.", _verify)
    prove.add_argument("--json", action="store_true", help="print the certificate as JSON")
    again = add("replay", "Let kept webhooks be understood again: some by number, or all that match.", _replay)
    again.add_argument("inbox_ids", metavar="ID", nargs="*", type=int, help="a number in the inbox")
    again.add_argument("--all", action="store_true", help="every webhook whose body is still kept")
    again.add_argument(
        "--since", metavar="WHEN", type=_instant, help="received since, like 2026-11-23 or 2026-11-23T09:00 (UTC)"
    )
    again.add_argument("--topic", help="only this topic, like orders/create")
    again.add_argument("--now", action="store_true", help="understand them in this process and say what came of it")
    for one in (compare, give_back, prove, again):
        one.add_argument("--shop", metavar="DOMAIN", help="only this myshopify.com domain")
    measures = add("bench", "Measure, on books of its own; without a name it says what there is.", None)
    measures.set_defaults(alone=bench)
    measures.add_argument("what", nargs=argparse.REMAINDER, metavar="NAME …", help="a benchmark and its arguments")
    story = add("demo", "Tell the story of one promise on a development store of its own.", None)
    story.set_defaults(alone=demo)
    story.add_argument("--once", action="store_true", help="end when the story has come true, and fail if it does not")
    story.add_argument("--counted-first", action="store_true", help="the warehouse counts before the merchant books in")
    story.add_argument("--bad-post", action="store_true", help="every webhook is brought twice and in no order")
    return whole


def _arm(settings: Settings) -> None:
    """Failpoints, where a test asks for them."""
    try:
        failpoint.arm(os.environ, store_is_overridden=settings.store_is_overridden)
    except failpoint.FailpointRefused as refused:
        raise SettingsError(str(refused)) from None


def demo(asked: argparse.Namespace) -> int:
    """The demo brings its own store and settings."""
    speak()
    run = import_module("promised.demo").run
    return int(run(once=asked.once, counted_first=asked.counted_first, bad_post=asked.bad_post))


def bench(asked: argparse.Namespace) -> int:
    """Benchmarks make their own books and settings."""
    speak()
    main = import_module("bench").main
    heap.settle()
    return int(main(asked.what))


def _serve(settings: Settings, asked: argparse.Namespace) -> None:
    from promised.serve import serve

    heap.settle()
    serve(settings, works=not asked.without_workers)


def _web(settings: Settings, _: argparse.Namespace) -> None:
    from promised.distributed import web

    heap.settle()
    web(settings)


def _worker(settings: Settings, _: argparse.Namespace) -> int:
    from promised.distributed import worker

    heap.settle()
    return worker(settings)


def _beat(settings: Settings, _: argparse.Namespace) -> None:
    from promised.distributed import beat

    heap.settle()
    beat(settings)


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from promised.operate import migrating

    return migrating(settings)


def _check(settings: Settings, _: argparse.Namespace) -> int:
    from promised.operate import check

    return check(settings)


def _reconcile(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import reconcile

    return reconcile(settings, asked.shop or asked.domain, as_json=asked.json)


def _rebuild(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import rebuild

    return rebuild(settings, asked.domain, asked.into, as_json=asked.json)


def _move(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import move

    return move(settings, asked.into)


def _export(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import export

    return export(settings, asked.domain, asked.into)


def _restore(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import restore

    # Whoever looks for a way to bring a backup back must not end the selling of every shop.
    if bool(asked.shop) == asked.all:
        raise SettingsError(
            "Say in which shop policies are given back: --shop DOMAIN, or --all. How a backup is brought back stands in "
            "docs/operations.md."
        )
    return restore(settings, asked.shop)


def _leave(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import come_back, leave

    if asked.look and asked.back:
        raise SettingsError("Say either --look or --back.")
    if asked.back:
        return come_back(settings, asked.shop)
    return leave(settings, asked.shop, look=asked.look, owed_to=asked.owed)


def _verify(settings: Settings, asked: argparse.Namespace) -> int:
    from promised.operate import verify

    return verify(settings, asked.shop, as_json=asked.json)


def _replay(settings: Settings, asked: argparse.Namespace) -> int:
    from backorder.replay import Choice
    from promised.operate import replay

    choice = Choice(tuple(asked.inbox_ids), asked.shop, asked.topic, asked.since)
    if choice == Choice() and not asked.all:
        raise SettingsError("Say which webhooks: numbers, --all, --since, --shop or --topic.")
    return replay(settings, choice, now=asked.now)


def _instant(said: str) -> datetime:
    """A moment as typed; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{said!r} is no moment like 2026-11-23 or 2026-11-23T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
