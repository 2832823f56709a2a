"""A small shop that takes orders, processes them and reports on them: one package, three processes."""
