"""Deposits: drafts and their files, what may be written into them, publishing, requests."""
