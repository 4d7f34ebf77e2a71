"""What the outside world fixed: METS, PREMIS, E-ARK, TT 05/2025, BagIt, PDF/A, PRONOM, code lists.

Reads only the files it is given; knows no database, no network and no other package of Kho.
"""
