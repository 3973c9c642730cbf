"""Publishing: what Zenodo is told about an upload, and the operations of the deposit flow."""
