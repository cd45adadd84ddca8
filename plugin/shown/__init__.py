"""What people and programs are shown: read from the books into frozen models, the same for pages and API."""
