"""Every door: command line, web portal, HTTP API, search index."""
