"""Runs in udata's environment: harvests a catalogue's address as a portal does, prints the dataset as JSON.

The portal's database, which it looks licences up in, is in memory.
"""

# Its libraries are in that environment alone.
# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import json
import sys
import urllib.request

import mongomock
from flask import Flask
from flask_babel import Babel
from mongoengine import connect
from rdflib import Graph
from udata import settings
from udata.app import cache
from udata.core.dataset.models import License
from udata.core.dataset.rdf import dataset_from_rdf

address, language = sys.argv[1:]
request = urllib.request.Request(address, headers={"Accept": "*/*"})
with urllib.request.urlopen(request, timeout=30) as answer:
    content, media_type = answer.read(), answer.headers.get_content_type()
connect("portal", mongo_client_class=mongomock.MongoClient)
app = Flask("udata")
app.config.from_object(settings.Defaults)
app.config["DEFAULT_LANGUAGE"] = language
app.config["SCHEMA_CATALOG_URL"] = None
app.config["CACHE_TYPE"] = "NullCache"
Babel(app)
cache.init_app(app)
with app.test_request_context():
    License(
        id="cc-by",
        title="Creative Commons Attribution 4.0",
        url="https://creativecommons.org/licenses/by/4.0/",
        alternate_urls=["http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"],
    ).save()
    dataset = dataset_from_rdf(Graph().parse(data=content, format=media_type), dryrun=True)
    found = json.loads(dataset.to_json())
    found["resources"] = [json.loads(resource.to_json()) for resource in dataset.resources]
    found["licence"] = dataset.license.id if dataset.license else None
    print(json.dumps(found))
