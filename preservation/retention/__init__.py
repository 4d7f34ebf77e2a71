"""Retention: schedules, terms, when they end, and why."""
