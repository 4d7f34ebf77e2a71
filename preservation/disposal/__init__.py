"""Disposal: lists, councils, verdicts, guards that no role can pass, and what is left of what was destroyed."""
