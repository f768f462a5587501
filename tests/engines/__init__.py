"""The same marts from every engine."""
