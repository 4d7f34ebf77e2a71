"""The evidence report: what can be shown of a period, frozen as an object of the store, ready to be signed."""
