"""The commands: ``vilnius-lod build | validate | serve | query | extract | links | load | catalogue``.

Exit codes: 0 done, 1 the data do not conform, 2 wrong use.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import __version__, commands, output
from .commands import DOES_NOT_CONFORM, WRONG_USE
from .i18n import messages
from .i18n.messages import Translate, UserError
from .inputs.issues import InputError, errors
from .rdf.namespaces import DATA
from .settings import PREFIX, Settings

_INTERRUPTED = 130
_SYSTEM_ERRORS = {
    errno.ENOENT: "{file}: there is no such file or folder",
    errno.EEXIST: "{file} is there already and is not overwritten",
    errno.EACCES: "{file}: no permission to read or write it",
    errno.EPERM: "{file}: no permission to read or write it",
    errno.EISDIR: "{file} is a folder, not a file",
    errno.ENOTDIR: "{file}: a part of this path is a file, not a folder",
    errno.ENOSPC: "there is no space left on the disk",
    errno.EADDRINUSE: "the port is in use: does another server run there?",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    output.prepare()
    words = list(sys.argv[1:] if arguments is None else arguments)
    translate = messages.translator(_language(words))
    try:
        code = _run(words, translate)
        sys.stdout.flush()
    except OSError as error:
        return _wrong_use(_system_error(error, translate))
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _run(arguments: Sequence[str], translate: Translate) -> int:
    options = _parser(translate).parse_args(arguments)
    options.lang = options.lang or _language(arguments)
    command: Callable[[argparse.Namespace, Translate], int] = options.command
    try:
        return command(options, translate)
    except InputError as error:
        for problem in error.problems:
            print(problem.text(translate), file=sys.stderr)
        count = len(errors(error.problems))
        print(translate("Problems: {count}. Nothing was written.").format(count=count), file=sys.stderr)
        return DOES_NOT_CONFORM
    except UserError as error:
        return _wrong_use(error.text(translate))
    except ValueError as error:
        return _wrong_use(str(error))


def _wrong_use(sentence: str) -> int:
    print(f"vilnius-lod: {sentence}", file=sys.stderr)
    return WRONG_USE


def _system_error(error: OSError, translate: Translate) -> str:
    """The operating system's error in the reader's language."""
    if error.errno is None:
        return str(error)
    message = _SYSTEM_ERRORS.get(error.errno, "{file}: the system refuses this ({code})")
    code = errno.errorcode.get(error.errno, str(error.errno))
    return translate(message).format(file=error.filename or "—", code=code)


def _language(arguments: Sequence[str]) -> str:
    """The reader's language: that of ``--lang`` where it is known, else the environment's."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--lang", "--language", nargs="?")
    language = messages.language_of(parser.parse_known_args(arguments)[0].lang or "")
    return language if language in messages.languages() else messages.reader(os.environ)


def _parser(translate: Translate) -> argparse.ArgumentParser:
    """The parser of all commands, its texts in the reader's language."""
    # This is the function by which argparse translates its own texts.
    argparse._ = translate  # type: ignore[attr-defined]
    parser = argparse.ArgumentParser(
        prog="vilnius-lod",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=translate("Turns a city's page about its international relations into linked open data."),
        epilog="\n".join(
            (
                translate("To look at the data: vilnius-lod serve, then open the address that it says."),
                translate("After a change in a table: vilnius-lod validate, then vilnius-lod build."),
                translate("What a command does and takes: vilnius-lod COMMAND --help."),
                translate("Exit codes: 0 done, 1 the data do not conform, 2 wrong use."),
            )
        ),
    )
    text = translate("show program's version number and exit")
    parser.add_argument("--version", action="version", version=__version__, help=text)
    _Commands(parser, translate).add_all()
    return parser


class _Commands:
    """Adds the commands to a parser, each with the options that have an effect on it."""

    def __init__(self, parser: argparse.ArgumentParser, translate: Translate) -> None:
        self._ = translate
        self.parsers = parser.add_subparsers(
            required=True, metavar=translate("COMMAND"), title=translate("commands")
        )

    def add_all(self) -> None:
        self.build_and_validate()
        self.serve()
        self.query()
        self.extract_and_links()
        self.load_and_catalogue()

    def build_and_validate(self) -> None:
        build = self.command("build", commands.build, "check the tables and make a snapshot of them")
        self.dataset(build)
        self.store(build)
        self.option(build, "--site", "where the files will answer (default: the dataset's base IRI)", "URL")
        text = "check the tables, the page and the shapes, and write nothing"
        validate = self.command("validate", commands.validate, text)
        self.dataset(validate)
        text = "text (default), turtle (the standard SHACL report), json, or sarif (for code hosts)"
        formats = ("text", "turtle", "json", "sarif")
        self.option(validate, "--format", text, choices=formats, default="text")
        text = (
            "the validator: pyshacl, the reference (default), or shacl, which is faster: "
            "pip install 'vilnius-lod[fast]'"
        )
        self.option(validate, "--shacl", text, choices=("pyshacl", "shacl"), default="pyshacl")

    def serve(self) -> None:
        text = "serve the current snapshot; builds one if there is none"
        serve = self.command("serve", commands.serve, text)
        self.dataset(serve)
        self.store(serve)
        self.option(serve, "--host", "the address to listen on (default: 127.0.0.1)", default="127.0.0.1")
        text = "the port to listen on (default: 8000); 0 finds a free one"
        self.option(serve, "--port", text, type=self.number(0, 65535), default=8000)
        self.option(serve, "--site", "where the site answers (default: http://HOST:PORT/)", "URL")
        text = "web server processes (default: 1)"
        self.option(serve, "--workers", text, type=self.number(1, 1024), default=1)
        self.address(serve, "--engine", "ask this SPARQL 1.1 endpoint instead of the embedded engine")
        text = (
            "reverse proxies run in front on this machine, N of them in a row (default: 1): clients "
            "are those of X-Forwarded-For, and the proxy limits their number and speed "
            "(docs/operations.md); needs a loopback --host"
        )
        proxies = self.number(1, 99)
        self.option(serve, "--behind-proxy", text, "N", type=proxies, nargs="?", const=1, default=0)

    def query(self) -> None:
        text = "ask the current snapshot a SPARQL question, as /sparql answers it"
        query = self.command("query", commands.query, text)
        self.store(query)
        text = "a file with the query, its text, a packaged query's name, or - for standard input"
        self.option(query, "query", text, self._("QUERY"))
        text = (
            "rows: json, xml, csv or tsv (default); graphs: turtle (default), jsonld, ntriples, rdfxml, "
            "nquads or trig"
        )
        self.option(query, "--format", text, "NAME")

    def extract_and_links(self) -> None:
        text = "read the city's page and print the rows for the tables"
        extract = self.command("extract", commands.extract, text)
        self.dataset(extract)
        self.option(extract, "page", "the page's text, UTF-8", self._("PAGE"), type=Path)
        text = "write one CSV file for each table here, instead of printing"
        self.option(extract, "--output", text, "DIR", type=Path)
        text = "what open data say of the places that are linked to them, offline"
        links = self.command("links", commands.links, text)
        self.dataset(links)
        text = "check: compare the links with open data; names: write the further names that the search knows"
        self.option(links, "action", text, choices=("check", "names"))

    def load_and_catalogue(self) -> None:
        text = "bring the current snapshot to another SPARQL 1.1 engine, check it, switch over"
        load = self.command("load", commands.load, text)
        self.store(load)
        self.address(load, "--engine", "where that engine answers queries", required=True)
        self.address(load, "--update", "where it takes SPARQL updates", required=True)
        self.address(load, "--graphs", "its Graph Store Protocol endpoint", required=True)
        load.epilog = self._("User and password: VILNIUS_LOD_ENGINE_USER and VILNIUS_LOD_ENGINE_PASSWORD.")
        text = "ask a deployed catalogue what a portal asks, and print the verdict"
        catalogue = self.command("catalogue", commands.catalogue, text)
        text = "the catalogue's address, such as https://…/catalog"
        self.address(catalogue, "--check", text, required=True)
        text = "further SHACL shapes to hold it against (Turtle files)"
        self.option(catalogue, "--profiles", text, "DIR", type=Path)

    def command(self, name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        summary = self._(text)
        description = f"{summary[0].upper()}{summary[1:]}."
        parser = self.parsers.add_parser(name, help=summary, description=description)
        parser.set_defaults(command=run)
        text = self._("language of messages: {languages} (default: the system's)")
        text = text.format(languages=", ".join(messages.languages()))
        parser.add_argument("--lang", "--language", type=self.language, metavar="LANG", help=text)
        return parser

    def option(
        self, parser: argparse.ArgumentParser, name: str, text: str, metavar: str | None = None, **other: Any
    ) -> None:
        """Add an option or argument; ``other`` parameters are those of ``add_argument``."""
        parser.add_argument(name, help=self._(text), metavar=metavar, **other)

    def dataset(self, parser: argparse.ArgumentParser) -> None:
        text = "the dataset's directory, with its dataset.toml (default: the packaged one)"
        self.option(parser, "--dataset", text, "DIR", type=self.folder, default=DATA)

    def store(self, parser: argparse.ArgumentParser) -> None:
        text = "where snapshots are kept (default: VILNIUS_LOD_STORE, else ./snapshots)"
        default = Path(os.environ.get(f"{PREFIX}STORE") or Settings().store)
        self.option(parser, "--store", text, "DIR", type=Path, default=default)

    def address(
        self, parser: argparse.ArgumentParser, name: str, text: str, *, required: bool = False
    ) -> None:
        self.option(parser, name, text, "URL", type=self.web_address, required=required)

    def number(self, least: int, most: int) -> Callable[[str], int]:
        def read(text: str) -> int:
            if not (re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= most):
                self.refuse(text, f"{least} … {most}")
            return int(text)

        return read

    def web_address(self, text: str) -> str:
        if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", text):
            self.refuse(text, "http://host[:port]/path, https://…")
        return text

    def folder(self, text: str) -> Path:
        if not Path(text).is_dir():
            self.refuse(text, self._("a folder that is there"))
        return Path(text)

    def language(self, text: str) -> str:
        if (language := messages.language_of(text)) not in messages.languages():
            self.refuse(text, ", ".join(messages.languages()))
        return language

    def refuse(self, found: str, allowed: str) -> None:
        message = self._("found: {found}; allowed: {allowed}").format(found=found, allowed=allowed)
        raise argparse.ArgumentTypeError(message)


if __name__ == "__main__":
    sys.exit(main())
