"""The OAI-PMH 2.0 door: what is public, for harvesters."""
