"""Endpoints and pages over a running service; they read promises and decide nothing."""
