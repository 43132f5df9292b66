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

from . import __version__, commands, output
from .commands import DOES_NOT_CONFORM, WRONG_USE
from .i18n import messages
from .i18n.messages import Translate, UserError
from .inputs.issues import InputError, errors
from .rdf.namespaces import DATA
from .settings import PREFIX, Settings

_INTERRUPTED = 130
_BY_THE_SYSTEM = {
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
    given = list(sys.argv[1:] if arguments is None else arguments)
    translate = messages.translator(_language(given))
    try:
        code = _run(given, translate)
        sys.stdout.flush()
    except OSError as error:
        return _wrong_use(_by_the_system(error, translate))
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _run(given: Sequence[str], translate: Translate) -> int:
    options = _parser(translate).parse_args(given)
    options.lang = options.lang or _language(given)
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


def _by_the_system(error: OSError, translate: Translate) -> str:
    """What the operating system refused, in the reader's language."""
    if error.errno is None:
        return str(error)
    message = _BY_THE_SYSTEM.get(error.errno, "{file}: the system refuses this ({code})")
    code = errno.errorcode.get(error.errno, str(error.errno))
    return translate(message).format(file=error.filename or "—", code=code)


def _language(given: Sequence[str]) -> str:
    """The reader's language: that of ``--lang`` where it is known, else the environment's."""
    asked = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    asked.add_argument("--lang", "--language", nargs="?")
    language = messages.language_of(asked.parse_known_args(given)[0].lang or "")
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
        self.making()
        self.serving()
        self.asking()
        self.reading()
        self.elsewhere()

    def making(self) -> None:
        build = self.command("build", commands.build, "check the tables and make a snapshot of them")
        self.dataset(build)
        self.store(build)
        self.option(build, "--site", "where the files will answer (default: the dataset's base IRI)", "URL")
        validate = self.command(
            "validate", commands.validate, "check the tables, the page and the shapes, and write nothing"
        )
        self.dataset(validate)
        validate.add_argument(
            "--format", choices=("text", "turtle", "json", "sarif"), default="text",
            help=self._(
                "text (default), turtle (the standard SHACL report), json, or sarif (for code hosts)"
            ),
        )  # fmt: skip
        validate.add_argument(
            "--shacl", choices=("pyshacl", "shacl"), default="pyshacl",
            help=self._(
                "the validator: pyshacl, the reference (default), or shacl, which is faster: "
                "pip install 'vilnius-lod[fast]'"
            ),
        )  # fmt: skip

    def serving(self) -> None:
        serve = self.command(
            "serve", commands.serve, "serve the current snapshot; builds one if there is none"
        )
        self.dataset(serve)
        self.store(serve)
        self.option(serve, "--host", "the address to listen on (default: 127.0.0.1)", default="127.0.0.1")
        text = "the port to listen on (default: 8000); 0 finds a free one"
        self.option(serve, "--port", text, default=8000).type = self.number(0, 65535)
        self.option(serve, "--site", "where the site answers (default: http://HOST:PORT/)", "URL")
        workers = self.option(serve, "--workers", "web server processes (default: 1)", default=1)
        workers.type = self.number(1, 1024)
        self.address(serve, "--engine", "ask this SPARQL 1.1 endpoint instead of the embedded engine")
        serve.add_argument(
            "--behind-proxy", type=self.number(1, 99), nargs="?", const=1, default=0, metavar="N",
            help=self._(
                "reverse proxies run in front on this machine, N of them in a row (default: 1): clients "
                "are those of X-Forwarded-For, and the proxy limits their number and speed "
                "(docs/operations.md); needs a loopback --host"
            ),
        )  # fmt: skip

    def asking(self) -> None:
        query = self.command(
            "query", commands.query, "ask the current snapshot a SPARQL question, as /sparql answers it"
        )
        self.store(query)
        query.add_argument(
            "query", metavar=self._("QUERY"),
            help=self._(
                "a file with the query, its text, a packaged query's name, or - for standard input"
            ),
        )  # fmt: skip
        self.option(
            query, "--format",
            "rows: json, xml, csv or tsv (default); graphs: turtle (default), jsonld, ntriples, rdfxml, "
            "nquads or trig",
            "NAME",
        )  # fmt: skip

    def reading(self) -> None:
        extract = self.command(
            "extract", commands.extract, "read the city's page and print the rows for the tables"
        )
        self.dataset(extract)
        extract.add_argument("page", type=Path, metavar=self._("PAGE"), help=self._("the page's text, UTF-8"))
        text = "write one CSV file for each table here, instead of printing"
        self.option(extract, "--output", text, "DIR").type = Path
        links = self.command(
            "links", commands.links, "what open data say of the places that are linked to them, offline"
        )
        self.dataset(links)
        links.add_argument(
            "action", choices=("check", "names"),
            help=self._(
                "check: compare the links with open data; "
                "names: write the further names that the search knows"
            ),
        )  # fmt: skip

    def elsewhere(self) -> None:
        load = self.command(
            "load", commands.load,
            "bring the current snapshot to another SPARQL 1.1 engine, check it, switch over",
        )  # fmt: skip
        self.store(load)
        self.address(load, "--engine", "where that engine answers queries", required=True)
        self.address(load, "--update", "where it takes SPARQL updates", required=True)
        self.address(load, "--graphs", "its Graph Store Protocol endpoint", required=True)
        load.epilog = self._("User and password: VILNIUS_LOD_ENGINE_USER and VILNIUS_LOD_ENGINE_PASSWORD.")
        catalogue = self.command(
            "catalogue", commands.catalogue,
            "ask a deployed catalogue what a portal asks, and print the verdict",
        )  # fmt: skip
        text = "the catalogue's address, such as https://…/catalog"
        self.address(catalogue, "--check", text, required=True)
        text = "further SHACL shapes to hold it against (Turtle files)"
        self.option(catalogue, "--profiles", text, "DIR").type = Path

    def command(self, name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        told = self._(text)
        parser = self.parsers.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")
        parser.set_defaults(command=run)
        parser.add_argument(
            "--lang", "--language", type=self.language, metavar="LANG",
            help=self._("language of messages: {languages} (default: the system's)").format(
                languages=", ".join(messages.languages())
            ),
        )  # fmt: skip
        return parser

    def option(
        self, parser: argparse.ArgumentParser, name: str, text: str, metavar: str | None = None,
        *, default: object = None, required: bool = False,
    ) -> argparse.Action:  # fmt: skip
        return parser.add_argument(
            name, help=self._(text), metavar=metavar, default=default, required=required
        )

    def dataset(self, parser: argparse.ArgumentParser) -> None:
        text = "the dataset's directory, with its dataset.toml (default: the packaged one)"
        self.option(parser, "--dataset", text, "DIR", default=DATA).type = self.folder

    def store(self, parser: argparse.ArgumentParser) -> None:
        text = "where snapshots are kept (default: VILNIUS_LOD_STORE, else ./snapshots)"
        default = Path(os.environ.get(f"{PREFIX}STORE") or Settings().store)
        self.option(parser, "--store", text, "DIR", default=default).type = Path

    def address(
        self, parser: argparse.ArgumentParser, name: str, text: str, *, required: bool = False
    ) -> None:
        self.option(parser, name, text, "URL", required=required).type = self.web_address

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
