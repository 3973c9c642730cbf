"""`deposit …`: publishing, from the first draft to the next version."""
