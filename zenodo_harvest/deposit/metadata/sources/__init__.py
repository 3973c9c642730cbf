"""Files that describe an upload: ``zenodo.yaml``, ``.zenodo.json``, ``CITATION.cff``, ``codemeta.json``."""
