"""The Admin GraphQL API: the real schema of 2026-07 executed over the model."""
