"""From a delivery to a stored AIP."""
