"""Proofs of the promise: each is a command of its own (`python -m tests.proofs.NAME`) with a small form in pytest.

Each prints what it found as a small table and ends with 1 where something was violated. A tool that is not there, or
a right that is missing, is said in words and ends with 1 as well: a proof that did not run proved nothing.
"""
