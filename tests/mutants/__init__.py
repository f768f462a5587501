"""Mutants of the SQL, and what sees them."""
