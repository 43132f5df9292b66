"""A query as code that runs it: for a shell, Python and R. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Snippet(NamedTuple):
    """A piece of code, and the name of its language or tool."""

    name: str
    code: str


def snippets(query: str, endpoint: str) -> list[Snippet]:
    """The query as curl, as Python (SPARQLWrapper; pandas) and as R; all request a table."""
    query = query.strip()
    python, r = _python(query), _r(query)
    curl = f"curl -H 'Accept: text/csv' {endpoint} \\\n  --data-urlencode query={_shell(query)}"
    return [
        Snippet("curl", curl),
        Snippet(
            "Python (SPARQLWrapper)",
            "from SPARQLWrapper import JSON, SPARQLWrapper\n\n"
            f'service = SPARQLWrapper("{endpoint}", returnFormat=JSON)\n'
            f"service.setQuery({python})\n"
            'for row in service.queryAndConvert()["results"]["bindings"]:\n'
            '    print({name: cell["value"] for name, cell in row.items()})',
        ),
        Snippet(
            "Python (pandas)",
            "from urllib.parse import urlencode\n\nimport pandas as pd\n\n"
            f"query = {python}\n"
            f'address = "{endpoint}?" + urlencode({{"query": query, "format": "csv"}})\n'
            "table = pd.read_csv(address)",
        ),
        Snippet(
            "R",
            f"query <- {r}\n"
            f'address <- paste0("{endpoint}?format=csv&query=", URLencode(query, reserved = TRUE))\n'
            "table <- read.csv(address)",
        ),
    ]


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _python(text: str) -> str:
    """A string literal, multi-line and without escapes if possible."""
    if "\\" in text or '"""' in text or text.endswith('"'):
        return repr(text)
    return f'"""\n{text}\n"""'


def _r(text: str) -> str:
    """A raw string of R 4, with as many dashes as needed."""
    dashes = "-"
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'
