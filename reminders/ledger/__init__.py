"""Nobody twice, nothing lost."""
