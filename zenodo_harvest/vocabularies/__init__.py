"""Controlled words of Zenodo as data with small look-ups: fields, licenses, types, roles and relations."""
