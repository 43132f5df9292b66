"""The commands: ``vilnius-lod build | validate | serve | query | extract | links``.

Exit codes: 0 done, 1 the data do not conform, 2 wrong use.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import __version__, commands
from .commands import DOES_NOT_CONFORM, WRONG_USE, WrongUse
from .messages import translator
from .records.problems import InputError
from .vocabulary import DATA


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    options.lang = options.lang or _locale_language()
    translate = translator(options.lang)
    command: Callable[[argparse.Namespace, Callable[[str], str]], int] = options.command
    try:
        return command(options, translate)
    except InputError as error:
        for problem in error.problems:
            print(problem.text(translate), file=sys.stderr)
        count = len(error.problems)
        print(translate("Problems: {count}. Nothing was written.").format(count=count), file=sys.stderr)
        return DOES_NOT_CONFORM
    except (WrongUse, OSError, ValueError) as error:
        print(f"vilnius-lod: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vilnius-lod",
        description="Turns a city's page about its international relations into linked open data.",
        epilog="Exit codes: 0 done, 1 the data do not conform, 2 wrong use.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    def add(name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        command = subparsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(command=run)
        command.add_argument(
            "--dataset", type=Path, default=DATA, metavar="DIR",
            help="the dataset's directory, with its dataset.toml (default: the packaged one)",
        )  # fmt: skip
        command.add_argument(
            "--lang", metavar="LANG", help="language of messages, such as lt or en (default: the locale's)"
        )
        return command

    def add_store(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--store", type=Path, default=Path("snapshots"), metavar="DIR",
            help="where snapshots are kept (default: ./snapshots)",
        )  # fmt: skip

    build = add("build", commands.build, "check the tables and make a snapshot of them")
    add_store(build)
    build.add_argument(
        "--site", metavar="URL", help="where the files will answer (default: the dataset's base IRI)"
    )

    validate = add(
        "validate", commands.validate, "check the tables, the page and the shapes, and write nothing"
    )
    validate.add_argument(
        "--format", choices=("text", "turtle", "json", "sarif"), default="text",
        help="text (default), turtle (the standard SHACL report), json, or sarif (for code hosts)",
    )  # fmt: skip

    validate.add_argument(
        "--engine", choices=("pyshacl", "shacl"), default="pyshacl",
        help="pyshacl, the reference (default), or shacl, faster: pip install 'vilnius-lod[fast]'",
    )  # fmt: skip

    serve = add("serve", commands.serve, "serve the current snapshot; builds one if there is none")
    add_store(serve)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    serve.add_argument(
        "--port", type=int, default=8000, help="the port to listen on (default: 8000); 0 finds a free one"
    )
    serve.add_argument("--site", metavar="URL", help="where the site answers (default: http://HOST:PORT/)")
    serve.add_argument("--workers", type=int, default=1, help="web server processes (default: 1)")

    serve.add_argument(
        "--engine", metavar="URL", help="ask this SPARQL 1.1 endpoint instead of the embedded engine"
    )

    serve.add_argument(
        "--behind-proxy", type=_count, nargs="?", const=1, default=0, metavar="N",
        help="reverse proxies on this machine stand in front, N of them in a row (default: 1): clients are "
        "those of X-Forwarded-For, and the proxy limits their number and speed (docs/operations.md); needs "
        "a loopback --host",
    )  # fmt: skip

    query = add("query", commands.query, "ask the current snapshot a SPARQL question")
    add_store(query)
    query.add_argument(
        "query",
        metavar="QUERY",
        help="a file with the query, its text, a packaged query's name, or - for standard input",
    )
    query.add_argument(
        "--format", metavar="NAME",
        help="rows: json, xml, csv or tsv (default); graphs: turtle (default), ntriples, rdfxml or jsonld",
    )  # fmt: skip

    extract = add("extract", commands.extract, "read the city's page and print the rows for the tables")
    extract.add_argument("page", type=Path, metavar="PAGE", help="the page's text, UTF-8")
    extract.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="write one CSV file for each table here, instead of printing",
    )

    load = add(
        "load",
        commands.load,
        "bring the current snapshot to another SPARQL 1.1 engine, check it, switch over",
    )
    add_store(load)
    load.add_argument("--engine", required=True, metavar="URL", help="where that engine answers queries")
    load.add_argument("--update", required=True, metavar="URL", help="where it takes SPARQL updates")
    load.add_argument("--graphs", required=True, metavar="URL", help="its Graph Store Protocol endpoint")
    load.epilog = "User and password: VILNIUS_LOD_ENGINE_USER and VILNIUS_LOD_ENGINE_PASSWORD."

    links = add("links", commands.links, "what open data say of the places that are linked to them, offline")
    links.add_argument(
        "action",
        choices=("check", "names"),
        help="check: compare the links with open data; names: write the further names that the search knows",
    )

    catalogue = add(
        "catalogue", commands.catalogue, "ask a deployed catalogue what a portal asks, and print the verdict"
    )
    catalogue.add_argument(
        "--check", required=True, metavar="URL", help="the catalogue's address, such as https://…/catalog"
    )
    catalogue.add_argument(
        "--profiles", type=Path, metavar="DIR", help="further SHACL shapes to hold it against (Turtle files)"
    )
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 100):
        raise argparse.ArgumentTypeError(f"found {text!r}; allowed: 1 to 99")
    return int(text)


def _locale_language() -> str:
    """The language of the locale (``lt`` of ``lt_LT.UTF-8``), English where none is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            normalized = locale.normalize(value).split("_")[0].split(".")[0].lower()
            return normalized if normalized.isalpha() and len(normalized) in (2, 3) else "en"
    return "en"


if __name__ == "__main__":
    sys.exit(main())
