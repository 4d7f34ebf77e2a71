"""`python -m access.cli`: how worker processes and the web server are started."""

from access.cli import main

main()
