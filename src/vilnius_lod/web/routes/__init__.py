"""The routes: a module with a blueprint for each address or group of addresses."""
