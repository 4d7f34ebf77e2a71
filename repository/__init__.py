"""Packages (SIP, AIP, DIP), the OCFL store, the PostgreSQL catalogue, the event log, jobs, and the services Kho runs."""
