"""The verifier for strangers: the standard library of any Python from 3.9 on, and nothing of Kho's own.

It is packed into one file (`kho verify --write-program DEST`), to be read in an afternoon and run anywhere. Nothing here may
import anything outside this folder and the standard library, and no other part of Kho may share its code with it.
"""
