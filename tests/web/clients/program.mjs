// Asks an endpoint with a client: node program.mjs CLIENT ENDPOINT QUERY, prints a row or a statement per line.
import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint'
import SparqlClient from 'sparql-http-client'

const [name, endpoint, query] = process.argv.slice(2)
const isGraph = /^\s*(CONSTRUCT|DESCRIBE)/.test(query)
const isAsk = /^\s*ASK/.test(query)

async function ask () {
  if (name.startsWith('fetch')) {
    const client = new SparqlEndpointFetcher({ method: name.endsWith('GET') ? 'GET' : 'POST' })
    if (isAsk) return [await client.fetchAsk(endpoint, query)]
    return isGraph ? client.fetchTriples(endpoint, query) : client.fetchBindings(endpoint, query)
  }
  const client = new SparqlClient({ endpointUrl: endpoint })
  const operation = name.split(' ')[1]
  if (isAsk) return [await client.query.ask(query, { operation })]
  return isGraph ? client.query.construct(query, { operation }) : client.query.select(query, { operation })
}

for await (const found of await ask()) {
  const terms = typeof found === 'boolean' ? { found } : isGraph ? { o: found.object } : found
  console.log(JSON.stringify(Object.fromEntries(Object.entries(terms).map(([key, term]) => [key, term.value ?? term]))))
}
