"""Handover: a frozen list, packages in bags, counts and digests agreed by both sides, custody moved only then."""
