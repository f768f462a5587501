"""The report step: pages of SQL and Markdown, rendered from the marts into static files."""
