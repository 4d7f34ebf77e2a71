"""The demo's fonds: fictional records of a commune, drawn as scans, delivered as contractors do."""
