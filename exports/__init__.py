"""Reads the DSPT's exports before dbt does: checked once, and kept as Parquet named by content."""
