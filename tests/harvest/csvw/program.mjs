// Reads a table with rdf-parser-csvw: node program.mjs TABLE METADATA, prints N-Triples.
// METADATA are the statements of the table's metadata, as JSON: subject, predicate and object as {type, value}.
import { createReadStream, readFileSync } from 'node:fs'
import { DataFactory, Store, Writer } from 'n3'
import CsvwParser from 'rdf-parser-csvw'

const { blankNode, literal, namedNode, quad } = DataFactory
const [table, metadata] = process.argv.slice(2)

function term ({ type, value, language, datatype }) {
  if (type === 'blank node') return blankNode(value.replace('_:', ''))
  return type === 'IRI' ? namedNode(value) : literal(value, language || namedNode(datatype))
}

const statements = JSON.parse(readFileSync(metadata, 'utf8'))
const store = new Store(statements.map(it => quad(term(it.subject), term(it.predicate), term(it.object))))
const writer = new Writer({ format: 'N-Triples' })
const parser = new CsvwParser({ metadata: store, baseIRI: 'http://table.invalid/', timezone: 'UTC' })
for await (const { subject, predicate, object } of parser.import(createReadStream(table))) {
  // What it says of rows and cells has blank nodes; the mapping's own statements have none.
  if (subject.termType !== 'NamedNode') continue
  // It wraps the datatype of a column that has a format in a second node.
  const kind = object.datatype?.value?.value ?? object.datatype?.value
  const value = object.termType === 'Literal' && !object.language ? literal(object.value, namedNode(kind)) : object
  writer.addQuad(quad(subject, predicate, value))
}
writer.end((error, text) => process.stdout.write(text))
