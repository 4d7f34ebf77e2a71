"""Arrangement (chỉnh lý): the register of a fonds, on paper and digital alike, changed in acts that can be undone."""
