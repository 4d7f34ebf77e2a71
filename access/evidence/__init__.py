"""The evidence report as people get it: HTML, PDF/A, and the data beside them."""
