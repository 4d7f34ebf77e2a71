"""What happens to an AIP after it was stored: corrected descriptions as new versions, and what differs between two."""
