"""Tables, edited by people, to typed records. Knows neither RDF nor HTTP."""
