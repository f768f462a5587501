"""Reads the DSPT exports before dbt does: each is checked once and kept as Parquet, by content."""
