"""The service about itself: files, health, OpenAPI, types of problems."""
