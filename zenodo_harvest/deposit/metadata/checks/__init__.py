"""What is checked in a metadata document, one kind of value after the other."""
