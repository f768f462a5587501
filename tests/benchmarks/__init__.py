"""Measures what a build costs, and how that grows with the exports."""
