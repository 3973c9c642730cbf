"""Lets ``python -m zenodo_harvest`` do what the command ``zenodo-harvest`` does."""

from zenodo_harvest.cli import main

main()
