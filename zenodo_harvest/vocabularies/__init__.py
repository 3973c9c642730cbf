"""Controlled words of Zenodo, as data with small look-ups: index fields, licenses, types, roles, relations."""
