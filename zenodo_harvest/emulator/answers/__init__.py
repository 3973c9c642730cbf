"""The bodies of the answers: records in both dialects, lists, communities, files."""
