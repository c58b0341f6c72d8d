"""One board's service: what is owed is worked out, recorded and sent, tick by tick."""
