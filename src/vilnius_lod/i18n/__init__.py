"""Texts, dates and alphabets in a reader's language, from gettext catalogues and CLDR."""
