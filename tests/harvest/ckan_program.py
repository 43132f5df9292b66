"""Runs in CKAN's environment: harvests a catalogue as a portal does, prints the datasets as JSON."""

# Its libraries are in that environment alone.
# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import json
import sys
import urllib.request

from ckan.common import config
from ckanext.dcat.processors import RDFParser

address, language, profile = sys.argv[1:]
config["ckan.locale_default"] = language
# What a portal's harvester sends, and what it knows the format by.
request = urllib.request.Request(address, headers={"Accept": "*/*"})
with urllib.request.urlopen(request, timeout=30) as answer:
    content, media_type = answer.read(), answer.headers.get_content_type()
parser = RDFParser(profiles=[profile])
parser.parse(content, _format=media_type)
print(json.dumps(list(parser.datasets())))
