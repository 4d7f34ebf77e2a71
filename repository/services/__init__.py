"""The background processes of a home: PostgreSQL, Solr, workers and the web server."""
