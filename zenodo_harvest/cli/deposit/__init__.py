"""`deposit`: the commands that publish."""
