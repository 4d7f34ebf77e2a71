"""The procedures of disposal, as data: steps, roles, quorum, forms."""
