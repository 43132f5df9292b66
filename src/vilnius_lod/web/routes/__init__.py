"""The addresses: a module and a blueprint for each."""
