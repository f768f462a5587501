"""The report step: pages of SQL and Markdown, rendered from the marts into a folder of static files."""
